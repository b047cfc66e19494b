// Runs a Python program in Pyodide, with some folders of modules copied into it:  node run.mjs PYODIDE PROGRAM MODULE...
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [pyodide, program, ...modules] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(path.join(pyodide, 'pyodide.mjs')));
const python = await loadPyodide();
const site = python.runPython('import site; site.getsitepackages()[0]');

function copy(from, to) {
  if (!fs.statSync(from).isDirectory()) return python.FS.writeFile(to, fs.readFileSync(from));
  python.FS.mkdirTree(to);
  for (const name of fs.readdirSync(from)) if (!/^(__pycache__|tests)$|\.(so|pyc)$/.test(name)) copy(path.join(from, name), `${to}/${name}`);
}

for (const each of modules) copy(each, `${site}/${path.basename(each)}`);
python.runPython('import importlib; importlib.invalidate_caches()');
try {
  await python.runPythonAsync(fs.readFileSync(program, 'utf8'));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
process.exit();
