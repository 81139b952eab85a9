/** How a field is compared with a value; `is empty` and `is not empty` take none. */
export const operators = [
  '=',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  'contains',
  'starts with',
  'is empty',
  'is not empty',
] as const;
export type Operator = (typeof operators)[number];

export type Plain = string | number | boolean | null;

/** What somebody asks for, by the names of fields. */
export interface Condition {
  readonly field: string;
  /** Left out: `=`. */
  readonly operator?: Operator | undefined;
  readonly value?: Plain | undefined;
}

export const orders: readonly Operator[] = ['<', '<=', '>', '>='];
export const partOf: readonly Operator[] = ['contains', 'starts with'];
export const emptiness: readonly Operator[] = ['is empty', 'is not empty'];

/** `= null` and `= ""` ask whether it is empty. */
export function operatorOf({ operator = '=', value }: Condition): Operator {
  const isBlank = value === undefined || value === null || value === '';
  if (isBlank && operator === '=') return 'is empty';
  return isBlank && operator === '!=' ? 'is not empty' : operator;
}
