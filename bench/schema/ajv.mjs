// node ajv.mjs SCHEMA DOCUMENT SECONDS: nanoseconds of processor time a document, of validating alone and with JSON.parse.
import { readFileSync } from 'node:fs';
import Ajv from 'ajv';

const [schemaFile, documentFile, seconds] = process.argv.slice(2);
const validate = new Ajv({ strict: false }).compile(JSON.parse(readFileSync(schemaFile, 'utf8')));
const text = readFileSync(documentFile, 'utf8');
const value = JSON.parse(text);

function measure(run) {
  const end = Number(seconds) * 1e9;
  const now = () => { const { user, system } = process.cpuUsage(); return (user + system) * 1e3; };
  for (let i = 0; i < 20000; ++i) run(); // until it is compiled well
  let times = 0;
  let elapsed = 0;
  const start = now();
  while (elapsed < end) {
    for (let i = 0; i < 1000; ++i) if (!run()) throw new Error('a valid document is called invalid');
    times += 1000;
    elapsed = now() - start;
  }
  return elapsed / times;
}

const alone = measure(() => validate(value));
const whole = measure(() => validate(JSON.parse(text)));
console.log(alone, whole);
