import type { Tool as McpTool } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import type { Tool } from '#integrations/tool-definition.ts';
import type { Persona } from '#personas/persona-schema.ts';
import type { Offer, OfferedPersona, OfferedTool } from './mcp-offer.ts';
import { askInput, directWaitSchema, getRunInput, runOutcome } from './tool-inputs.ts';

export const getRunName = 'get_run';

/** The tools of an offer as the protocol describes them. Names of ours go before those of the catalog. */
export function listTools(offer: Offer): McpTool[] {
  const own = [...offer.personas].map(([name, offered]) => askTool(name, offered));
  const taken = new Set([getRunName, ...offer.personas.keys()]);
  const granted = [...offer.tools].filter(([name]) => !taken.has(name)).map(([, offered]) => grantedTool(offered));
  return [...own, ...granted, getRunTool];
}

function askTool(name: string, { persona, tools }: OfferedPersona): McpTool {
  const can = tools.length === 0 ? 'With this API key it uses no tools.' : `It can: ${titlesOf(tools)}.`;
  return {
    name,
    title: `Ask ${persona.name}`,
    description: `Gives “${persona.name}” a task or a question and answers what it did. ${persona.description} ${can} What its rules say a person must decide waits for that person.`,
    inputSchema: objectSchema(askInput),
    outputSchema: outcomeSchema,
    annotations: {
      readOnlyHint: tools.every(({ effect }) => effect === 'read'),
      destructiveHint: tools.some(({ effect }) => effect === 'destructive'),
      idempotentHint: false,
      openWorldHint: true,
    },
  };
}

function titlesOf(tools: readonly Tool[]): string {
  return tools.map(({ title }) => title.charAt(0).toLowerCase() + title.slice(1)).join('; ');
}

function grantedTool({ tool, holders }: OfferedTool): McpTool {
  const isRead = tool.effect === 'read';
  return {
    name: tool.name,
    title: tool.title,
    description: `${tool.description} It is done within the limits and by the rules of a persona; where they ask for it, a person decides first.`,
    inputSchema: withOurs(schemaOf(tool), holders),
    annotations: {
      title: tool.title,
      readOnlyHint: isRead,
      destructiveHint: tool.effect === 'destructive',
      // A change may be made again by the same call: only what changes nothing is surely the same.
      idempotentHint: isRead,
      openWorldHint: true,
    },
  };
}

type ObjectSchema = McpTool['inputSchema'];

function withOurs({ properties = {}, required = [], ...own }: ObjectSchema, holders: readonly Persona[]): ObjectSchema {
  const clash = [personaArgument, waitArgument].find((name) => Object.hasOwn(properties, name));
  if (clash !== undefined) throw new Error(`A tool of the catalog has a parameter named “${clash}”, which is ours.`);
  const names = holders.map(({ id, name }) => `${id}: ${name}`).join('; ');
  const persona = {
    type: 'string',
    enum: holders.map(({ id }) => id),
    description: `The persona whose rules and limits count. ${names}.`,
  };
  return {
    ...own,
    properties: { ...properties, [personaArgument]: persona, [waitArgument]: directWaitSchema },
    required: holders.length > 1 ? [...required, personaArgument] : required,
  };
}

export const personaArgument = 'persona';
export const waitArgument = 'wait';

const schemas = new WeakMap<Tool, ObjectSchema>();

function schemaOf(tool: Tool): ObjectSchema {
  const known = schemas.get(tool);
  if (known !== undefined) return known;
  const { $schema: _dialect, ...schema } = tool.parameters;
  schemas.set(tool, schema as ObjectSchema);
  return schema as ObjectSchema;
}

function objectSchema(schema: z.ZodObject, io: 'input' | 'output' = 'input'): ObjectSchema {
  const { $schema: _dialect, ...json } = z.toJSONSchema(schema, { io });
  return json as ObjectSchema;
}

const outcomeSchema = objectSchema(runOutcome, 'output');

const getRunTool: McpTool = {
  name: getRunName,
  title: 'Get a run',
  description:
    'Answers what has become of something that was asked for earlier and was still at work or waited for a person. Use it with the runId of that answer.',
  inputSchema: objectSchema(getRunInput),
  outputSchema: outcomeSchema,
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
};
