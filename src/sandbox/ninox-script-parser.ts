import { scriptUnsupportedStatus } from './ninox-assumptions.ts';
import { NinoxRefusal } from './ninox-reply.ts';

export const aggregates = ['cnt', 'first', 'last', 'sum', 'avg', 'min', 'max'] as const;
export type Aggregate = (typeof aggregates)[number];

export const comparisons = ['=', '!=', '<', '<=', '>', '>='] as const;
export type Comparison = (typeof comparisons)[number];

export type Literal = string | number | boolean | null;

export type Condition =
  | { readonly kind: 'and'; readonly parts: readonly Condition[] }
  | { readonly kind: 'or'; readonly parts: readonly Condition[] }
  | {
      readonly kind: 'compare';
      readonly field: string;
      readonly comparison: Comparison;
      readonly value: Literal;
    }
  | { readonly kind: 'contains'; readonly field: string; readonly part: Literal };

export type Expression =
  | { readonly kind: 'literal'; readonly value: Literal }
  | { readonly kind: 'select'; readonly table: string; readonly where: Condition | null }
  | { readonly kind: 'field'; readonly of: Expression; readonly name: string }
  | { readonly kind: 'ordered'; readonly of: Expression; readonly by: string }
  | { readonly kind: 'aggregate'; readonly name: Aggregate; readonly of: Expression };

interface Token {
  readonly kind: 'text' | 'quoted' | 'number' | 'word' | 'sign' | 'end';
  readonly value: string;
  readonly at: number;
}

/** Keeps the nesting of brackets far below what the call stack holds. */
const maxLength = 2000;

const tokenPattern =
  /\s*(?:"(?<text>(?:[^"\\]|\\.)*)"|'(?<quoted>[^']+)'|(?<number>-?\d+(?:\.\d+)?)|(?<word>[\p{L}_][\p{L}\p{N}_]*)|(?<sign><=|>=|!=|[()=<>.,;]))/uy;

const constants: ReadonlyMap<string, Literal> = new Map<string, Literal>([
  ['true', true],
  ['yes', true],
  ['false', false],
  ['no', false],
  ['null', null],
]);

/** Throws NinoxRefusal, saying what is understood, for everything beyond the few forms the stand-in knows. */
export function parseScript(script: string): Expression {
  if (script.length > maxLength) throw unsupported(script, maxLength);
  const parser = new Parser(script);
  return parser.parse();
}

class Parser {
  readonly #script: string;
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(script: string) {
    this.#script = script;
    this.#tokens = readTokens(script);
  }

  parse(): Expression {
    const expression = this.#expression();
    this.#takeIf('sign', ';');
    if (this.#peek().kind !== 'end') throw this.#stop();
    return expression;
  }

  #expression(): Expression {
    let expression = this.#term();
    while (this.#takeIf('sign', '.')) expression = { kind: 'field', of: expression, name: this.#name() };
    return this.#takeIf('word', 'order') ? this.#ordered(expression) : expression;
  }

  #ordered(of: Expression): Expression {
    if (!this.#takeIf('word', 'by')) throw this.#stop();
    return { kind: 'ordered', of, by: this.#name() };
  }

  #term(): Expression {
    if (this.#takeIf('sign', '(')) return this.#closed(this.#expression());
    if (this.#takeIf('word', 'select')) return this.#select();
    const { kind, value } = this.#peek();
    const name = aggregates.find((aggregate) => kind === 'word' && aggregate === value);
    if (name === undefined) return { kind: 'literal', value: this.#literal() };
    this.#next += 1;
    if (!this.#takeIf('sign', '(')) throw this.#stop();
    return { kind: 'aggregate', name, of: this.#closed(this.#expression()) };
  }

  #closed<Inner>(inner: Inner): Inner {
    if (!this.#takeIf('sign', ')')) throw this.#stop();
    return inner;
  }

  #select(): Expression {
    const table = this.#name();
    return { kind: 'select', table, where: this.#takeIf('word', 'where') ? this.#condition() : null };
  }

  #condition(): Condition {
    const parts = [this.#conjunction()];
    while (this.#takeIf('word', 'or')) parts.push(this.#conjunction());
    return { kind: 'or', parts };
  }

  #conjunction(): Condition {
    const parts = [this.#comparison()];
    while (this.#takeIf('word', 'and')) parts.push(this.#comparison());
    return { kind: 'and', parts };
  }

  #comparison(): Condition {
    if (this.#takeIf('sign', '(')) return this.#closed(this.#condition());
    if (this.#takeIf('word', 'contains')) return this.#contains();
    const field = this.#column();
    const { kind, value: sign } = this.#peek();
    const comparison = comparisons.find((candidate) => kind === 'sign' && candidate === sign);
    if (comparison === undefined) throw this.#stop();
    this.#next += 1;
    return { kind: 'compare', field, comparison, value: this.#literal() };
  }

  #contains(): Condition {
    if (!this.#takeIf('sign', '(')) throw this.#stop();
    const field = this.#column();
    if (!this.#takeIf('sign', ',')) throw this.#stop();
    return this.#closed({ kind: 'contains', field, part: this.#literal() });
  }

  /** A field as it is, as text or as number; of a link its `Id`. */
  #column(): string {
    const { kind, value } = this.#peek();
    if (kind !== 'word' || (value !== 'text' && value !== 'number')) return this.#name();
    this.#next += 1;
    if (!this.#takeIf('sign', '(')) throw this.#stop();
    const field = this.#name();
    if (value === 'number' && this.#takeIf('sign', '.') && !this.#takeIf('word', 'Id')) throw this.#stop();
    return this.#closed(field);
  }

  #name(): string {
    const { kind, value } = this.#peek();
    if (kind !== 'word' && kind !== 'quoted') throw this.#stop();
    this.#next += 1;
    return value;
  }

  #literal(): Literal {
    if (this.#takeIf('word', 'urlDecode')) return this.#decoded();
    if (this.#takeIf('word', 'date')) return this.#date();
    const { kind, value } = this.#peek();
    const constant = kind === 'word' ? constants.get(value) : undefined;
    if (kind !== 'text' && kind !== 'number' && constant === undefined) throw this.#stop();
    this.#next += 1;
    if (kind === 'text') return value;
    return kind === 'number' ? Number(value) : (constant ?? null);
  }

  #decoded(): Literal {
    const [text] = this.#arguments(1);
    try {
      return decodeURIComponent(String(text));
    } catch {
      throw this.#stop();
    }
  }

  /** As a field holds it. */
  #date(): Literal {
    const [year, month, day] = this.#arguments(3).map(Number);
    return [year, month, day].map((part, at) => String(part).padStart(at === 0 ? 4 : 2, '0')).join('-');
  }

  #arguments(count: number): readonly Literal[] {
    if (!this.#takeIf('sign', '(')) throw this.#stop();
    const found = [this.#literal()];
    while (this.#takeIf('sign', ',')) found.push(this.#literal());
    if (found.length !== count) throw this.#stop();
    return this.#closed(found);
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end', value: '', at: this.#script.length };
  }

  #takeIf(kind: Token['kind'], value: string): boolean {
    const token = this.#peek();
    if (token.kind !== kind || token.value !== value) return false;
    this.#next += 1;
    return true;
  }

  #stop(): NinoxRefusal {
    return unsupported(this.#script, this.#peek().at);
  }
}

function readTokens(script: string): Token[] {
  const tokens: Token[] = [];
  const end = script.trimEnd().length;
  for (let at = 0; at < end; ) {
    tokenPattern.lastIndex = at;
    const groups = tokenPattern.exec(script)?.groups;
    const found = Object.entries(groups ?? {}).find(([, value]) => value !== undefined);
    if (found === undefined) throw unsupported(script, at);
    const [kind, value] = found as [Token['kind'], string];
    tokens.push({ kind, value: kind === 'text' ? value.replace(/\\(.)/gsu, '$1') : value, at });
    at = tokenPattern.lastIndex;
  }
  return tokens;
}

function unsupported(script: string, at: number): NinoxRefusal {
  const rest = script.slice(at).trim().slice(0, 40);
  const where = rest === '' ? 'at the end' : `at “${rest}”`;
  return new NinoxRefusal({
    status: scriptUnsupportedStatus,
    message: `This local stand-in for Ninox understands only: select Table, where Field = value with and/or, contains, text, number, date and urlDecode in it, order by, cnt, first, last, sum, avg, min, max and .Field. It stopped ${where}.`,
  });
}
