export type ExportFormat = 'csv' | 'jsonl';

/**
 * Counts the events of an export while it arrives, piece by piece. A line of CSV ends where a line break stands outside of
 * quotes, and the first one is the header.
 */
export function createRowCounter(format: ExportFormat): (piece: string) => number {
  let lines = 0;
  let quoted = false;
  return (piece) => {
    for (const character of piece) {
      if (character === '"' && format === 'csv') quoted = !quoted;
      else if (character === '\n' && !quoted) lines += 1;
    }
    return format === 'csv' ? Math.max(0, lines - 1) : lines;
  };
}
