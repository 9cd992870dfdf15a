import { promptState, type PromptState } from "../faults/prompt.js";
import type { StateStore } from "../ports/state-store.js";
import { StateError } from "./state-error.js";
import { StateImage } from "./state-image.js";
import {
  checkClaims,
  checkPosition,
  checkPrefix,
  checkText,
  checkTime,
  checkValue,
  checkValues,
  checkVersion,
} from "./state-input.js";

/** A store in memory: everything is forgotten with the process, limits and approvals too. For tests and trials. */
export function memoryStore(): StateStore {
  const image = new StateImage();
  let closed = false;

  function open(): StateImage {
    if (closed) throw new StateError("state_closed", "The state store in memory was closed.");
    return image;
  }

  const now: PromptState = {
    get: (key) => open().get(checkText(key, "A key")),
    compareAndSet: (key, expected, value) =>
      open().compareAndSet(
        checkText(key, "A key"),
        checkVersion(expected),
        value === undefined ? undefined : checkValue(value),
      ).answer,
    append: (key, values) => open().append(checkText(key, "A key"), checkValues(values)).answer,
    read: (key, from = 0) => open().read(checkText(key, "A key"), checkPosition(from)),
    reserve: (id, claims, at) => open().limits.reserve(checkText(id, "An id"), checkClaims(claims), checkTime(at)),
    commit(id, at) {
      open().limits.commitForGood(checkText(id, "An id"), checkTime(at));
    },
    finish(id) {
      open().finish(checkText(id, "An id"));
    },
  };

  const store: StateStore = {
    location: "memory",
    incarnation: "memory",
    get: async (key) => now.get(key),
    list: async (prefix) => open().list(checkText(prefix, "A prefix")),
    compareAndSet: async (key, expected, value) => now.compareAndSet(key, expected, value),
    append: async (key, values) => now.append(key, values),
    read: async (key, from) => now.read(key, from),
    drop: async (key, before = Number.MAX_SAFE_INTEGER) => {
      open().drop(checkText(key, "A key"), checkPosition(before));
    },
    forget: async (prefix) => {
      open().forget(checkPrefix(prefix));
    },
    sync: async () => {
      open();
    },
    reserve: async (id, claims, at) => now.reserve(id, claims, at),
    commit: async (id, at) => now.commit(id, at),
    release: async (id) => {
      open().release(checkText(id, "An id"));
    },
    finish: async (id) => now.finish(id),
    close: async () => {
      closed = true;
    },
  };
  return promptState(store, now);
}
