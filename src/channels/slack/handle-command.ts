import type { Actor } from '#auth/actor.ts';
import { may } from '#auth/permissions.ts';
import { AppError } from '#errors';
import type { Persona } from '#personas/persona-schema.ts';
import type { CommandBody } from './delivery.ts';
import { personaOfChannel, slackPersonas } from './find-persona.ts';
import type { HandlerDeps } from './handler-deps.ts';
import type { Outcome } from './inbox.ts';
import type { SlackWorkspace } from './ports.ts';
import { howToLink } from './words.ts';

/** What was typed after `/persona`. */
export type PersonaCommand =
  | { readonly type: 'show' | 'list' | 'help' | 'unlink' }
  | { readonly type: 'link'; readonly code: string }
  | { readonly type: 'switch'; readonly wanted: string };

export function readCommand(text: string): PersonaCommand {
  const words = text.trim().replace(/\s+/g, ' ');
  const [first = '', ...rest] = words.split(' ');
  const verb = first.toLowerCase();
  if (words === '') return { type: 'show' };
  if (rest.length === 0 && (verb === 'list' || verb === 'help' || verb === 'unlink')) return { type: verb };
  if (verb === 'link') return { type: 'link', code: rest.join('') };
  return { type: 'switch', wanted: words.replace(/^[“"'`]|[”"'`]$/g, '') };
}

/** Answers a `/persona`, to whoever has typed it alone. */
export async function handleCommand(deps: HandlerDeps, workspace: SlackWorkspace, body: CommandBody): Promise<Outcome> {
  const words = await answer(deps, workspace, body).catch((error: unknown) => {
    if (error instanceof AppError && error.status < 500) return error.message;
    throw error;
  });
  await deps.tellPerson({ ...body, workspace, threadTs: null }, words);
  return { type: 'done' };
}

function answer(deps: HandlerDeps, workspace: SlackWorkspace, body: CommandBody): Promise<string> {
  const command = readCommand(body.text);
  switch (command.type) {
    case 'show':
      return show(deps, workspace, body);
    case 'list':
      return list(deps, workspace, body);
    case 'help':
      return Promise.resolve(help(deps.publicUrl()));
    case 'link':
      return link(deps, workspace, { ...body, code: command.code });
    case 'unlink':
      return unlink(deps, workspace, body);
    case 'switch':
      return switchTo(deps, workspace, { ...body, wanted: command.wanted });
  }
}

async function show(deps: HandlerDeps, workspace: SlackWorkspace, { channelId }: CommandBody): Promise<string> {
  const { persona, problem } = await personaOfChannel(deps, workspace, channelId);
  if (persona === null) return problem;
  return `“${persona.name}” answers here: ${persona.description}\n\`/persona list\` shows who else could, \`/persona NAME\` switches for this channel.`;
}

/** Guests see those that answer guests. */
async function list(deps: HandlerDeps, workspace: SlackWorkspace, body: CommandBody): Promise<string> {
  const isMember = (await deps.people.memberOf(workspace, body.slackUserId)) !== null;
  const all = await slackPersonas(deps, workspace.organizationId);
  const shown = all.filter(({ guests }) => isMember || guests !== null);
  const { persona: current } = await personaOfChannel(deps, workspace, body.channelId);
  if (shown.length === 0) return isMember ? 'No persona answers in Slack yet.' : howToLink(deps.publicUrl());
  const lines = shown.map(({ id, name, description }) => {
    return `• ${name}${id === current?.id ? ' (answers here)' : ''}: ${description}`;
  });
  return ['Personas that answer in Slack:', ...lines, '`/persona NAME` switches for this channel.'].join('\n');
}

function help(publicUrl: string): string {
  return [
    'Write to a persona in a direct message, or call it by the app’s name in a channel. In a thread it has answered in, it reads along.',
    '`/persona` shows who answers here.',
    '`/persona list` shows all that answer in Slack.',
    '`/persona NAME` has another one answer in this channel from the next thread on.',
    '`/persona link CODE` links you with your account, `/persona unlink` takes that back.',
    howToLink(publicUrl),
  ].join('\n');
}

async function link(
  { people, links }: HandlerDeps,
  workspace: SlackWorkspace,
  { slackUserId, code }: CommandBody & { readonly code: string },
): Promise<string> {
  if (code === '') return 'Type the code after it, as in `/persona link ABCDE-FGHIJ`.';
  const actor = await links.redeem(await people.person(workspace, slackUserId), code);
  return `You are linked with ${actor.name}. What personas do for you in this workspace, they do on that account’s behalf.`;
}

async function unlink(
  { people, links }: HandlerDeps,
  workspace: SlackWorkspace,
  { slackUserId }: CommandBody,
): Promise<string> {
  const actor = await people.memberOf(workspace, slackUserId);
  if (actor === null) return 'You are not linked with any account here.';
  const { connectionId: place, organizationId } = workspace;
  const here = (await links.list(actor)).filter((each) => each.kind === 'slack' && each.place === place);
  const persons = await links.personsOf({ organizationId, kind: 'slack', place }, [actor.id]);
  const [only] = here;
  if (only === undefined) return 'You are not linked with any account here.';
  if (here.length > 1 || persons.length > 1) {
    return `Several people in this workspace are linked with ${actor.name}. Choose in your account settings which of them is not any more.`;
  }
  await links.unlink(actor, only.id);
  return `You are not linked with ${actor.name} any more.`;
}

async function switchTo(
  deps: HandlerDeps,
  workspace: SlackWorkspace,
  { slackUserId, channelId, wanted }: CommandBody & { readonly wanted: string },
): Promise<string> {
  const actor = await deps.people.memberOf(workspace, slackUserId);
  const refusal = refusalOf(actor, deps.publicUrl());
  if (actor === null || refusal !== null) return refusal ?? '';
  const persona = findByName(await slackPersonas(deps, workspace.organizationId), wanted);
  if (persona === null) return `No persona called “${wanted}” answers in Slack. \`/persona list\` shows those that do.`;
  await deps.workspaces.choosePersona(workspace, { actor, channelId, personaId: persona.id });
  return `“${persona.name}” answers here from the next thread on.`;
}

function refusalOf(actor: Actor | null, publicUrl: string): string | null {
  if (actor === null) return `Only members of the organization switch personas. ${howToLink(publicUrl)}`;
  return may(actor, 'chat') ? null : 'Your role in the organization reads, and does not switch personas.';
}

/** By its id or its name; else the only one that begins so. */
function findByName(personas: readonly Persona[], wanted: string): Persona | null {
  const plain = (text: string) =>
    text
      .normalize('NFKC')
      .toLowerCase()
      .replace(/[\p{Cf}\s]+/gu, ' ')
      .trim();
  const name = plain(wanted);
  const exact = personas.find((persona) => persona.id === wanted || plain(persona.name) === name);
  if (exact !== undefined) return exact;
  const [first, ...others] = personas.filter((persona) => plain(persona.name).startsWith(name));
  return first !== undefined && others.length === 0 && name !== '' ? first : null;
}
