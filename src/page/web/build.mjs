// Bundles the page into one HTML document, and that into C++: node build.mjs OUTPUT_DIR
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

const output = process.argv[2];
const chunk_characters = 8000;
const delimiter = 'upmem_des_page';

function text_of(...path) {
  return readFileSync(join(...path), 'utf8').replaceAll('\r\n', '\n');
}

/** Bundled and minified; target: what browsers of 2020 run. */
function bundle(entry, loader) {
  const built = buildSync({
    entryPoints: [join('src', entry)],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: 'es2020',
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'warning',
    loader,
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  return built.outputFiles[0].text.trim();
}

function version_of(name) {
  return JSON.parse(text_of('node_modules', name, 'package.json')).version;
}

/** What the licences of the bundled packages ask to go along with them. */
function licences() {
  const modules = 'node_modules';
  const parts = [
    [
      `Apache ECharts ${version_of('echarts')} (Apache License 2.0)`,
      text_of(modules, 'echarts', 'NOTICE'),
      text_of(modules, 'echarts', 'LICENSE'),
    ],
    ['d3, of which Apache ECharts has parts (BSD 3-Clause)', text_of(modules, 'echarts', 'licenses', 'LICENSE-d3')],
    [`ZRender ${version_of('zrender')} (BSD 3-Clause)`, text_of(modules, 'zrender', 'LICENSE')],
    [`tslib ${version_of('tslib')} (0BSD)`, text_of(modules, 'tslib', 'LICENSE.txt')],
  ];
  return (
    parts
      .map(([title, ...texts]) => [title, '='.repeat(title.length), ...texts.map((text) => text.trim())].join('\n\n'))
      .join('\n\n\n') + '\n'
  );
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** `text` with each {{NAME}} replaced, once each; none may be left over. */
function filled(text, values) {
  for (const [name, value] of Object.entries(values)) {
    const parts = text.split(`{{${name}}}`);
    if (parts.length !== 2) throw new Error(`template.html: {{${name}}} occurs ${parts.length - 1} times`);
    text = parts.join(value);
  }
  return text;
}

function check_marks(page) {
  for (const mark of ['@@UPMEM_DES_TITLE@@', '@@UPMEM_DES_DATA@@']) {
    if (page.split(mark).length !== 2) throw new Error(`${mark} must occur once`);
  }
  if (page.indexOf('@@UPMEM_DES_TITLE@@') > page.indexOf('@@UPMEM_DES_DATA@@')) throw new Error('the data come last');
}

function check(page, scripts) {
  if (/[\r\0]/.test(page)) throw new Error('C++ cannot hold these characters');
  if (page.includes(`)${delimiter}"`)) throw new Error('the delimiter occurs in the page');
  if (page.split('</script').length !== scripts + 1) throw new Error(`${scripts} script elements are expected`);
}

/** Raw strings: nothing is escaped. They are short because compilers have limits, and end between characters. */
function cpp(page, header, functions) {
  const chunks = [];
  const characters = Array.from(page);
  for (let at = 0; at < characters.length; at += chunk_characters) {
    chunks.push(`R"${delimiter}(${characters.slice(at, at + chunk_characters).join('')})${delimiter}"`);
  }
  return `// Made by scripts/build-page.
#include "page/${header}.hpp"

namespace upmem_des {

namespace {

constexpr char text[] =
${chunks.join('\n')};

}  // namespace

${functions}

}  // namespace upmem_des
`;
}

/** Whole or not at all. */
function write(name, text) {
  const path = join(output, name);
  writeFileSync(`${path}.part`, text);
  renameSync(`${path}.part`, path);
}

function document_of(template, style, script) {
  return filled(text_of('src', template).replaceAll(/^ +/gm, ''), {
    STYLE: bundle(style, { '.css': 'css' }),
    LICENCES: escaped(licences()),
    SCRIPT: bundle(script, {}),
  });
}

const text = '{text, sizeof(text) - 1}';
const page = document_of('template.html', 'style.css', 'main.js');
check_marks(page);
check(page, 2);
write('page.html', page);
write('third-party-licences.txt', licences());
write(
  'page_template.cpp',
  cpp(page, 'page_template', `bool has_page() { return true; }\n\nstd::string_view page_template() { return ${text}; }`),
);
const explore = document_of('explore/template.html', 'explore/style.css', 'explore/main.js');
check(explore, 1);
write('explore.html', explore);
write('explore_page.cpp', cpp(explore, 'explore_page', `std::string_view explore_page() { return ${text}; }`));
