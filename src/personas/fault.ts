/** What is wrong at one line of a persona file, in words for whoever wrote it. */
export class Fault extends Error {
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}
