// Evaluates JSONata with the reference implementation: cases in, results out, as one JSON line each.
const jsonata = require(process.argv[2]);
const lines = require("readline").createInterface({ input: process.stdin });
const compiled = new Map();

(async () => {
  for await (const line of lines) {
    const { source, variables, millis } = JSON.parse(line);
    if (!compiled.has(source)) compiled.set(source, jsonata(source));
    const bindings = { ...variables, millis: () => millis };
    const result = await compiled.get(source).evaluate(undefined, bindings);
    console.log(JSON.stringify(result === undefined ? {} : { result }));
  }
})();
