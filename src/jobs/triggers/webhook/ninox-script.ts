import { headerNames } from './header-names.ts';

export interface NinoxScript {
  readonly url: string;
  /** Stands in the script: whoever may change the table's triggers can read it. */
  readonly secret: string;
  readonly jobName: string;
  /** Names of fields of the table that are sent along; none: the record's number alone. */
  readonly fields: readonly string[];
}

const mostFields = 50;

/**
 * A script for a table's “Trigger on create” or “Trigger after update”. It follows Ninox's documentation and could not be
 * run against Ninox itself.
 */
export function ninoxScript({ url, secret, jobName, fields }: NinoxScript): string {
  const sent = [...new Set(fields)].filter(isFieldName).slice(0, mostFields);
  const lines = sent.map((name) => `${inName(name)}: ${inName(name)}`);
  return [
    `// Tells the job ${inComment(jobName)} of each record that is created or changed.`,
    '// Paste it into the options of the table, under “Trigger on create”, “Trigger after update”, or both.',
    "// It sends ids, a number of its own for each event, and the fields listed below. Add fields as 'Name': 'Name'.",
    '// The secret in it lets events in at this one job. Whoever sees this script can send some.',
    // Names that neither a function nor, most likely, a field of the table has.
    'let hookTable := tableId(this);',
    'let hookRecord := number(Nr);',
    'let hookEvent := hookTable + "-" + text(hookRecord) + "-" + text(number(now())) + "-" + text(floor(random() * 1000000000));',
    'let hookFields := {',
    ...lines.map((line, index) => `    ${line}${index === lines.length - 1 ? '' : ','}`),
    '};',
    'do as server',
    `    http("POST", ${inText(url)}, {`,
    '        \'Content-Type\': "application/json",',
    `        ${inName(headerNames.secret)}: ${inText(secret)},`,
    `        ${inName(headerNames.id)}: hookEvent`,
    '    }, {',
    "        'ninox': {",
    "            'team': teamId(),",
    "            'database': databaseId(),",
    "            'table': hookTable,",
    "            'record': hookRecord",
    '        },',
    "        'fields': hookFields",
    '    })',
    'end',
    '',
  ].join('\n');
}

/** The fields a job's schema names below `fields`: those its script sends. */
export function fieldsInSchema(schema: unknown): readonly string[] {
  const fields = propertiesOf(propertiesOf(schema)?.fields);
  return fields === null ? [] : Object.keys(fields).filter(isFieldName);
}

function propertiesOf(schema: unknown): Readonly<Record<string, unknown>> | null {
  if (typeof schema !== 'object' || schema === null || !('properties' in schema)) return null;
  const { properties } = schema;
  return typeof properties === 'object' && properties !== null ? (properties as Record<string, unknown>) : null;
}

/** One line without signs that cannot be seen; others no field of Ninox has. */
function isFieldName(name: string): boolean {
  return name.trim() !== '' && name.length <= 200 && /^[^\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]*$/u.test(name);
}

/** A name in single quotes, in which a quote is written twice. */
function inName(name: string): string {
  return `'${name.replaceAll("'", "''")}'`;
}

/** A text in double quotes, in which a quote is written twice. */
function inText(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

/** No line may end there, for what came next would be run. */
function inComment(text: string): string {
  return `“${text.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]+/gu, ' ').slice(0, 100)}”`;
}
