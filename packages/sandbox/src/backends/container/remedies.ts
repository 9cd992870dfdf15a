import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";

/** The one command that provides an engine where none was found. */
export async function engineRemedy(): Promise<string> {
  if (await installed("dockerd")) return "sudo systemctl start docker";
  if (await installed("podman")) return "systemctl --user enable --now podman.socket";
  if (await installed("apt-get"))
    return "sudo apt-get install -y podman && systemctl --user enable --now podman.socket";
  if (await installed("dnf")) return "sudo dnf install -y podman && systemctl --user enable --now podman.socket";
  return "install Docker or Podman and start its socket";
}

/** The one command where a socket is there, and does not answer or may not be opened. */
export async function socketRemedy(): Promise<string> {
  // Membership of the group docker is root by another name, so it is not what is advised.
  if (await installed("podman")) return "systemctl --user enable --now podman.socket";
  return process.getuid?.() === 0 ? "systemctl restart docker" : await engineRemedy();
}

/** The one command that gives an engine gVisor. */
export async function gvisorRemedy(): Promise<string> {
  const restart = "sudo runsc install && sudo systemctl restart docker";
  if (await installed("runsc")) return restart;
  return (await installed("apt-get")) ? `sudo apt-get install -y runsc && ${restart}` : restart;
}

/** Whether a program of this name is on PATH, or where programs for root are. */
export async function installed(program: string): Promise<boolean> {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/sbin"].filter((one) => one !== "");
  const found = await Promise.all(
    folders.map((folder) =>
      access(join(folder, program), constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}
