import type { Refusal } from './demo-conversation.ts';
import type { FoundDatabase, Goal, Place, Reference } from './demo-intents.ts';
import { type DemoCall, type Freshness, type Lookup, lookUpDatabases, lookUpTeams } from './demo-knowledge.ts';
import type { Mention } from './demo-message.ts';
import { matchName } from './demo-names.ts';
import { answer, askFor, call, type Resolved, refused, type Step, type StepContext } from './demo-step.ts';

/** More teams than this are not searched one by one; the person is asked for one. */
const maxTeamsSearched = 12;

/** `careful` asks back unless the name was said exactly; `lenient` takes the only one that comes close. */
export type Care = 'careful' | 'lenient';

export function known<Value>(context: StepContext, lookup: Lookup<Value>): Resolved<Value> {
  if (lookup.state === 'known') return { found: lookup.value };
  return { step: lookup.state === 'missing' ? call([lookup.call]) : refused(context, [lookup.refusal]) };
}

/** The team a reference means, looked up where it was said by name. */
export function resolveTeam(context: StepContext, reference: Reference, care: Care): Resolved<Place> {
  if ('chosen' in reference) return { found: reference.chosen };
  const { said } = reference;
  const remembered = lookUpTeams(context.knowledge, 'ever');
  if (said.isId) {
    const listed = remembered.state === 'known' ? remembered.value.find((team) => isCalled(team, said)) : undefined;
    return { found: listed ?? { id: said.phrase, name: said.phrase } };
  }
  const teams = known(context, remembered);
  if ('step' in teams) return teams;
  const { exact, near } = matchName(teams.found, said);
  const isStale = remembered.state === 'known' && !remembered.isFresh;
  if (exact.length === 0 && near.length === 0 && isStale) {
    const fresh = lookUpTeams(context.knowledge, 'now');
    if (fresh.state === 'missing') return { step: call([fresh.call]) };
  }
  return choose(exact, near, care) ?? { step: askForTeam(context, said, { exact, near, all: teams.found }) };
}

function isCalled(place: Place, said: Mention): boolean {
  return place.id === said.phrase || place.name.toLowerCase() === said.phrase.toLowerCase();
}

function choose(exact: readonly Place[], near: readonly Place[], care: Care): Resolved<Place> | null {
  const [first, second] = exact.length > 0 || care === 'careful' ? exact : near;
  return first !== undefined && second === undefined ? { found: first } : null;
}

function askForTeam(
  { say }: StepContext,
  said: Mention,
  found: { exact: readonly Place[]; near: readonly Place[]; all: readonly Place[] },
): Step {
  if (found.exact.length > 0) return askFor('team', say.severalTeams(said.phrase, found.exact), found.exact);
  if (found.near.length > 0) return askFor('team', say.didYouMean(found.near), found.near);
  if (found.all.length === 0) return answer(say.noTeams());
  const [sole, second] = found.all;
  if (sole !== undefined && second === undefined) return answer(say.onlyOneTeam(said.phrase, sole), { team: sole });
  return askFor('team', say.teamNotFound(said.phrase, found.all), found.all);
}

/** The teams a request is about: the one named, else all. Loose names count where they are exactly a team's. */
export function teamsOf(
  context: StepContext,
  goal: Goal,
  options: { care: Care; freshness: Freshness },
): Resolved<readonly Place[]> {
  if (goal.team !== null) {
    const team = resolveTeam(context, goal.team, options.care);
    return 'step' in team ? team : { found: [team.found] };
  }
  const teams = known(context, lookUpTeams(context.knowledge, options.freshness));
  if ('step' in teams) return teams;
  if (teams.found.length === 0) return { step: answer(context.say.noTeams()) };
  // With a single loose name and no database named, that name may be the database's.
  const mayNameTeam = goal.database !== null || goal.loose.length > 1;
  const named = mayNameTeam ? goal.loose.flatMap((mention) => matchName(teams.found, mention).exact) : [];
  if (named.length > 0) return { found: [...new Set(named)] };
  return withinSearch(context, teams.found);
}

export function withinSearch({ say }: StepContext, teams: readonly Place[]): Resolved<readonly Place[]> {
  if (teams.length <= maxTeamsSearched) return { found: teams };
  return { step: askFor('team', say.tooManyTeams(teams), teams) };
}

export interface Gathered {
  readonly databases: readonly Place[];
  readonly refusals: readonly Refusal[];
  /** Whether all of it was asked for in this turn. */
  readonly isFresh: boolean;
}

/** The databases of all the teams, all missing ones asked for in one step. Refused teams are told apart. */
export function gatherDatabases(
  context: StepContext,
  teams: readonly Place[],
  freshness: Freshness,
): Resolved<Gathered> {
  const databases: Place[] = [];
  const refusals: Refusal[] = [];
  const missing: DemoCall[] = [];
  let isFresh = true;
  for (const team of teams) {
    const lookup = lookUpDatabases(context.knowledge, team, freshness);
    if (lookup.state === 'known') {
      databases.push(...lookup.value);
      isFresh &&= lookup.isFresh;
    } else if (lookup.state === 'refused') refusals.push(lookup.refusal);
    else missing.push(lookup.call);
  }
  if (missing.length > 0) return { step: call(missing) };
  if (refusals.length > 0 && refusals.length === teams.length) return { step: refused(context, refusals) };
  return { found: { databases, refusals, isFresh } };
}

/** The database a request is about, with its team. Asks back in every case that is not clear. */
export function resolveDatabase(context: StepContext, goal: Goal, care: Care): Resolved<FoundDatabase> {
  const { database } = goal;
  if (database !== null && 'chosen' in database && database.chosen.team !== undefined) {
    return { found: { database: database.chosen, team: database.chosen.team } };
  }
  const teams = teamsOf(context, goal, { care, freshness: 'ever' });
  if ('step' in teams) return teams;
  const [onlyTeam] = teams.found;
  if (database !== null && 'said' in database && database.said.isId && goal.team !== null && onlyTeam !== undefined) {
    return {
      found: { database: { id: database.said.phrase, name: database.said.phrase, team: onlyTeam }, team: onlyTeam },
    };
  }
  return searchDatabase(context, { goal, teams: teams.found, care, freshness: 'ever' });
}

interface Search {
  readonly goal: Goal;
  readonly teams: readonly Place[];
  readonly care: Care;
  readonly freshness: Freshness;
}

function searchDatabase(context: StepContext, search: Search): Resolved<FoundDatabase> {
  const { goal, teams, care, freshness } = search;
  const gathered = gatherDatabases(context, teams, freshness);
  if ('step' in gathered) return gathered;
  const { databases, refusals, isFresh } = gathered.found;
  const mentions = goal.database !== null && 'said' in goal.database ? [goal.database.said] : goal.loose;
  const match = matchDatabase(databases, teams, { mentions, loose: goal.loose });
  const isClear = match.unaccounted.length === 0 || care === 'lenient';
  const chosen = choose(match.exact, match.near, care);
  if (chosen !== null && 'found' in chosen && chosen.found.team !== undefined && isClear) {
    return { found: { database: chosen.found, team: chosen.found.team } };
  }
  const isNothing = match.exact.length === 0 && match.near.length === 0;
  if (isNothing && mentions.length > 0 && !isFresh) return searchDatabase(context, { ...search, freshness: 'now' });
  return {
    step: askForDatabase(context, {
      ...match,
      mentions,
      databases,
      refusals,
      mayBeTable: goal.database === null && goal.table === null,
    }),
  };
}

interface DatabaseMatch {
  readonly exact: readonly Place[];
  readonly near: readonly Place[];
  /** What was said about the place and fits neither the database found nor its team. */
  readonly unaccounted: readonly Mention[];
}

function matchDatabase(
  databases: readonly Place[],
  teams: readonly Place[],
  said: { mentions: readonly Mention[]; loose: readonly Mention[] },
): DatabaseMatch {
  const matches = said.mentions.map((mention) => ({ mention, ...matchName(databases, mention) }));
  const candidates = matches.flatMap(({ mention, exact }) => {
    const others = said.loose.filter((other) => other !== mention);
    return exact.map((database) => {
      const unaccounted = others.filter((other) => !namesTeam(teams, database.team, other));
      return {
        database,
        score: others.length - unaccounted.length,
        unaccounted: unaccounted.filter((other) => other.linked),
      };
    });
  });
  const best = Math.max(...candidates.map(({ score }) => score));
  const winners = candidates.filter(({ score }) => score === best);
  return {
    exact: [...new Set(winners.map(({ database }) => database))],
    near: [...new Set(matches.flatMap(({ mention, near }) => (mention.linked ? near : [])))],
    unaccounted: winners[0]?.unaccounted ?? [],
  };
}

function namesTeam(teams: readonly Place[], team: Place | undefined, mention: Mention): boolean {
  return team !== undefined && matchName(teams, mention).exact.some((found) => found.id === team.id);
}

interface UnclearDatabase extends DatabaseMatch, Omit<Gathered, 'isFresh'> {
  readonly mentions: readonly Mention[];
  /** Nothing says that a database was meant. */
  readonly mayBeTable: boolean;
}

function askForDatabase({ say }: StepContext, unclear: UnclearDatabase): Step {
  const { exact, near, databases, refusals, mentions } = unclear;
  const said = mentions[0]?.phrase ?? '';
  const also = say.alsoRefused(refusals);
  if (exact.length > 1) return askFor('database', say.severalDatabases(said, exact) + also, exact);
  const close = exact.length > 0 ? exact : near;
  if (close.length > 0) return askFor('database', say.didYouMean(close) + also, close);
  if (databases.length === 0) return answer(say.noDatabases() + also);
  const text = said === '' ? say.whichDatabase(databases) : say.databaseNotFound(said, databases);
  const hint = said !== '' && unclear.mayBeTable ? say.mayBeTable(said) : '';
  return askFor('database', text + hint + also, databases);
}
