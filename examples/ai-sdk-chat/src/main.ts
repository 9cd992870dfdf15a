import { join } from "node:path";
import { Chats } from "./chat.js";
import { Desk } from "./desk.js";
import { chatServer } from "./server.js";
import { standInModel } from "./stand-in-model.js";
import { startGuard } from "./start-guard.js";

const guard = await startGuard(join(process.cwd(), "out"));
const server = chatServer(guard, new Chats(guard, new Desk(), standInModel()));
const port = Number(process.env["PORT"] ?? 3000);
server.listen(port, "127.0.0.1", () => void process.stdout.write(`http://127.0.0.1:${port}\n`));
process.once("SIGINT", () => {
  server.close();
  server.closeAllConnections();
  guard.close().then(
    () => process.exit(0),
    () => process.exit(1),
  );
});
