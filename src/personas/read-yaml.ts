import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';
import { Fault } from './fault.ts';

export interface YamlSettings {
  readonly value: unknown;
  /** The line in the whole file of a setting or an entry, or of the nearest thing around it that is there. */
  lineOf(path: readonly PropertyKey[]): number;
}

type LineAt = (offset: number) => number;

/** The first line of the YAML is the second of the file. */
const linesBefore = 1;

/** Reads plain YAML and nothing more: no anchors, aliases, tags or further documents. Throws a Fault. */
export function readYaml(source: string): YamlSettings {
  const lineCounter = new LineCounter();
  const document = parseDocument(source, {
    lineCounter,
    uniqueKeys: true,
    customTags: [],
    merge: false,
    stringKeys: true,
  });
  const lineAt: LineAt = (offset) => lineCounter.linePos(offset).line + linesBefore;
  const [broken] = [...document.errors, ...document.warnings];
  if (broken !== undefined) throw new Fault(lineAt(broken.pos[0]), describeYamlError(broken));
  refuseExtras(document, lineAt);
  return { value: document.toJS({ maxAliasCount: 0 }), lineOf: (path) => lineOf(document, path, lineAt) };
}

/** A tag can turn a group into something the schema takes for an empty one: limits would be gone without a word. */
function refuseExtras(document: Document.Parsed, lineAt: LineAt): void {
  visit(document, {
    Node(_key, node) {
      const line = lineAt(node.range?.[0] ?? 0);
      if (isAlias(node) || node.anchor !== undefined) {
        throw new Fault(
          line,
          'Anchors and aliases (& and *) are not used here. Write the value out, or put it in quotes.',
        );
      }
      if (node.tag !== undefined)
        throw new Fault(line, 'Tags (!) are not used here. Remove it, or put the value in quotes.');
      // An object cannot hold this name like any other, so it would be lost before the schema sees it.
      if (isScalar(node) && node.value === '__proto__') throw new Fault(line, '“__proto__” is not allowed here.');
    },
  });
}

function lineOf(document: Document.Parsed, path: readonly PropertyKey[], lineAt: LineAt): number {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const line = lineOfPath(document, path.slice(0, depth), lineAt);
    if (line !== null) return line;
  }
  return linesBefore;
}

function lineOfPath(document: Document.Parsed, path: readonly PropertyKey[], lineAt: LineAt): number | null {
  const key = path.at(-1);
  const parent: unknown = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (typeof key === 'string' && isMap(parent)) {
    const keyNode = parent.items.find((item) => isScalar(item.key) && item.key.value === key)?.key;
    return isNode(keyNode) && keyNode.range ? lineAt(keyNode.range[0]) : null;
  }
  const node: unknown = document.getIn(path, true);
  return isNode(node) && node.range ? lineAt(node.range[0]) : null;
}

const plainWords: Partial<Record<YAMLError['code'], string>> = {
  DUPLICATE_KEY: 'This setting is there twice. Keep one of them.',
  TAB_AS_INDENT: 'A tab is used to indent. Use spaces.',
  BAD_INDENT: 'The indentation does not fit the lines above. Give all entries of one level the same number of spaces.',
  BLOCK_AS_IMPLICIT_KEY:
    'A second colon makes this look like a setting inside a setting. Put a value with a colon in quotes.',
  MULTILINE_IMPLICIT_KEY: 'A colon is missing. Write every setting as “setting: value”.',
  BAD_SCALAR_START: 'A value cannot begin with this character. Put the value in quotes.',
  MULTIPLE_DOCS: 'The settings end above this line. Remove the line “...”.',
  UNEXPECTED_TOKEN: 'Something stands here that does not belong to the value. Put the whole value in quotes.',
};

function describeYamlError({ code, message }: YAMLError | Document.Parsed['warnings'][number]): string {
  if (message.startsWith('Maximum call stack')) return 'The settings are nested too deeply.';
  if (/^Flow (sequence|map)/.test(message)) return 'A bracket is not closed. End a list with ], a group with }.';
  if (message.startsWith('Missing closing'))
    return 'A quote is not closed. End the value with the quote it begins with.';
  const reason = (message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '');
  return plainWords[code] ?? `This is not valid YAML: ${reason}`;
}
