// Reads GIFT: a line of JSON in, a text; a line of JSON out, what the parser makes of it.
const { createRequire } = require("node:module");
const { parse } = createRequire(process.argv[2] + "/")("gift-pegjs");
require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
  let answer;
  try {
    answer = { read: parse(JSON.parse(line)) };
  } catch (fault) {
    answer = { fault: String(fault.message) };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
});
