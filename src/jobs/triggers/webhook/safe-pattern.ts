/*
 * Patterns that people give and strangers' texts are matched against. A matcher that goes back can need longer than anybody
 * waits; so only patterns are taken whose steps can be counted beforehand: what is repeated holds no choice itself, and
 * nothing refers back or looks around.
 */

export interface SafePattern {
  readonly problem: null;
  /** At most about so many steps for a text of that length. */
  readonly stepsFor: (length: number) => number;
}

export interface RefusedPattern {
  /** Goes on after “the pattern …”. */
  readonly problem: string;
}

const longestPattern = 200;
const mostRepeats = 1_000;
const deepestGroup = 10;

/** Takes the pattern apart as JSON Schema means it: with the flag u, anywhere in the text. */
export function readPattern(pattern: string): SafePattern | RefusedPattern {
  if (pattern.length > longestPattern) return { problem: `is longer than ${longestPattern} characters` };
  try {
    new RegExp(pattern, 'u');
    const reading = createReading(pattern);
    const { alternatives } = reading.readAlternatives(0);
    const isAnchored = pattern.startsWith('^') && alternatives === 1;
    const { choices } = reading;
    return {
      problem: null,
      stepsFor: (length) =>
        choices.reduce((steps, most) => steps * Math.min(most, length + 1), isAnchored ? 1 : length + 1) + length,
    };
  } catch (error) {
    if (error instanceof PatternRefused) return { problem: error.message };
    return { problem: 'is no regular expression' };
  }
}

class PatternRefused extends Error {}

interface Part {
  /** Whether there is more than one way to match it. */
  readonly varies: boolean;
  readonly repeats: number;
}

interface Quantifier {
  readonly from: number;
  readonly to: number;
}

function createReading(pattern: string) {
  /** The number of ways at each place where there is a choice. */
  const choices: number[] = [];
  const cursor = createCursor(pattern);

  const readAlternatives = (depth: number): Part & { readonly alternatives: number } => {
    if (depth > deepestGroup) throw new PatternRefused(`has more than ${deepestGroup} groups in each other`);
    let alternatives = 1;
    let varies = false;
    let repeats = 1;
    for (let sign = cursor.sign(); sign !== '' && sign !== ')'; sign = cursor.sign()) {
      if (sign === '|') {
        alternatives += 1;
        cursor.skip(1);
        continue;
      }
      const term = readTerm(depth);
      varies ||= term.varies;
      repeats = Math.max(repeats, term.repeats);
    }
    if (alternatives > 1) choices.push(alternatives);
    return { alternatives, varies: varies || alternatives > 1, repeats };
  };

  const readTerm = (depth: number): Part => {
    const part = readAtom(depth);
    const quantifier = cursor.takeQuantifier();
    if (quantifier === null) return part;
    const { from, to } = quantifier;
    if (part.varies && to > 1) {
      throw new PatternRefused('repeats a part that holds a repetition or a choice itself, such as (a+)+ or (a|b)*');
    }
    const repeats = part.repeats * Math.max(from, Number.isFinite(to) ? to : 1);
    if (repeats > mostRepeats) throw new PatternRefused(`repeats a part more than ${mostRepeats} times`);
    if (from !== to) choices.push(to - from + 1);
    return { varies: part.varies || from !== to, repeats };
  };

  const readAtom = (depth: number): Part => {
    const sign = cursor.sign();
    cursor.skip(1);
    if (sign === '[') cursor.skipClass();
    if (sign === '\\') cursor.skipEscape();
    if (sign !== '(') return { varies: false, repeats: 1 };
    cursor.skipGroupKind();
    const inner = readAlternatives(depth + 1);
    cursor.skip(1);
    return inner;
  };

  return { choices, readAlternatives };
}

function createCursor(pattern: string) {
  let at = 0;
  return {
    /** Empty at the end. */
    sign: () => pattern[at] ?? '',
    skip(count: number) {
      at += count;
    },
    skipClass() {
      while (at < pattern.length && pattern[at] !== ']') at += pattern[at] === '\\' ? 2 : 1;
      at += 1;
    },
    skipEscape() {
      const sign = pattern[at] ?? '';
      if (/[1-9k]/.test(sign)) throw new PatternRefused('refers back to what it has matched');
      at += 1;
      // Not to be taken for a repetition: \p{L}, \u{1F600}.
      if (/[pPu]/.test(sign) && pattern[at] === '{') at = pattern.indexOf('}', at) + 1;
    },
    skipGroupKind() {
      if (pattern[at] !== '?') return;
      const named = /^\?<[^=!][^>]*>/.exec(pattern.slice(at));
      if (named !== null) at += named[0].length;
      else if (pattern.startsWith('?:', at)) at += 2;
      else throw new PatternRefused('looks ahead or behind, or switches flags');
    },
    takeQuantifier(): Quantifier | null {
      const found = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??/.exec(pattern.slice(at));
      if (found === null) return null;
      at += found[0].length;
      return quantifierOf(found[0]);
    },
  };
}

function quantifierOf(text: string): Quantifier {
  if (text.startsWith('*')) return { from: 0, to: Number.POSITIVE_INFINITY };
  if (text.startsWith('+')) return { from: 1, to: Number.POSITIVE_INFINITY };
  if (text.startsWith('?')) return { from: 0, to: 1 };
  const [from = '0', to] = text.replace(/[{}?]/g, '').split(',');
  if (to === undefined) return { from: Number(from), to: Number(from) };
  return { from: Number(from), to: to === '' ? Number.POSITIVE_INFINITY : Number(to) };
}
