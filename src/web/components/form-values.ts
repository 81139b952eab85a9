/** What was filled into a form, by the names of its fields. */
export interface FormValues {
  /** Empty where there is no such field. */
  text(name: string): string;
  /** Of the boxes that are ticked. */
  all(name: string): readonly string[];
}

export function readValues(form: HTMLFormElement): FormValues {
  const data = new FormData(form);
  const all = (name: string) => data.getAll(name).filter((value) => typeof value === 'string');
  return { all, text: (name) => all(name)[0] ?? '' };
}
