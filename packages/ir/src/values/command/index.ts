export { Command, equalPrograms, MAX_COMMAND, parseCommand, type CommandReading } from "./command.js";
export { commandParserLoaded, loadCommandParser, type CommandParserBytes } from "./engine.js";
