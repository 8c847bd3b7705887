// Resolves the default chain of a Node.js program once; see tests/oracle/harness.py for what it prints.
// It asks a client for its credentials, because that is what programs do: a client brings its region along.
import { createRequire } from "node:module";
import { performance } from "node:perf_hooks";
import { STSClient } from "@aws-sdk/client-sts";

const { version } = createRequire(import.meta.url)("@aws-sdk/client-sts/package.json");
const told = { sdk: "js-v3", version, outcome: "credentials", access_key_hint: null, error: null };
const begun = performance.now();
try {
  const { accessKeyId } = await new STSClient({}).config.credentials();
  told.access_key_hint = `…${accessKeyId.slice(-4)}`;
} catch (error) {
  const { name, message } = error;
  told.outcome = message === "Could not load credentials from any providers" ? "none" : "error";
  told.error = `${name}: ${message}`;
}
told.seconds = Math.round(performance.now() - begun) / 1000;
console.log(JSON.stringify(told));
process.exit(0);
