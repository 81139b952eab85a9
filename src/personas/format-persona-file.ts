import { stringify } from 'yaml';
import type { PersonaDefinition } from './persona-definition.ts';
import { defaultApprovalRule, noEffectBudget } from './persona-schema.ts';

/** The text of a persona file that says the same; read again, it gives the same version. */
export function formatPersonaFile({ instructions, ...front }: PersonaDefinition): string {
  const { name, description, model, scopes, limits, connections, approvals, channels, starters } = front;
  const { outsideText, publicTables, undo, guests } = front;
  const { tokens, ...budget } = front.budget;
  const settings = {
    name,
    description,
    ...(model === null ? {} : { model }),
    scopes,
    ...filled({ limits, connections, approvals, approvers: spokenRules(front.approvers, defaultApprovalRule) }),
    budget: tokens === null ? budget : front.budget,
    ...filled({ effects: spokenRules(front.effects, noEffectBudget) }),
    ...(outsideText === 'ask' ? {} : { outsideText }),
    ...(publicTables.length === 0 ? {} : { publicTables }),
    ...(undo === 'auto' ? {} : { undo }),
    channels,
    ...(guests === null ? {} : { guests: { scopes: guests.scopes, ...filled({ limits: guests.limits }) } }),
    ...(starters.length === 0 ? {} : { starters }),
  };
  // Anchors for what is there twice would not be read again, and folded lines are hard to compare.
  const yaml = stringify(settings, { aliasDuplicateObjects: false, lineWidth: 0 });
  return `---\n${yaml}---\n\n${instructions}\n`;
}

/** Of each rule what differs from what holds without it. */
function spokenRules<Rule extends object>(rules: Readonly<Record<string, Rule>>, silent: Rule) {
  const spoken = (rule: Rule) =>
    Object.fromEntries(Object.entries(rule).filter(([key, value]) => value !== silent[key as keyof Rule]));
  return Object.fromEntries(Object.entries(rules).map(([tool, rule]) => [tool, spoken(rule)]));
}

/** A file name for it: the persona’s name in small letters and digits. */
export function personaFileName({ name }: Pick<PersonaDefinition, 'name'>): string {
  return `${slugOf(name)}.md`;
}

/** Small letters, digits and hyphens, at most 40 of them, and never none. */
export function slugOf(name: string): string {
  const plain = name.normalize('NFKD').toLowerCase().replaceAll('ß', 'ss');
  const slug = plain
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '');
  return slug === '' ? 'persona' : slug;
}

function filled(groups: Readonly<Record<string, object>>): Record<string, object> {
  return Object.fromEntries(
    Object.entries(groups)
      .map(([name, group]) => [name, withoutUndefined(group)] as const)
      .filter(([, group]) => Object.keys(group).length > 0),
  );
}

function withoutUndefined(group: object): object {
  return Object.fromEntries(Object.entries(group).filter(([, value]) => value !== undefined));
}
