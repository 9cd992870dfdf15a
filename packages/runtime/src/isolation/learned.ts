import { joinKnown, type LabelSet, type Lattice } from "../flow/labels.js";

/** The joined labels of all that a program behind walls was given on its way; undefined once some of it is not known. */
export class Learned {
  #labels: LabelSet | undefined;

  constructor(lattice: Lattice) {
    this.#labels = lattice.lowest;
  }

  get labels(): LabelSet | undefined {
    return this.#labels;
  }

  add(labels: LabelSet | undefined): void {
    this.#labels = joinKnown(this.#labels, labels);
  }
}
