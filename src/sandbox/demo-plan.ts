import { compareNames, namesHolding } from './demo-compare.ts';
import { deletePlan } from './demo-delete.ts';
import type { Goal, GoalKind, Place } from './demo-intents.ts';
import { deletionsIn, lookUpTeam, lookUpTeams, toolNames } from './demo-knowledge.ts';
import { matchName } from './demo-names.ts';
import { gatherDatabases, known, resolveDatabase, resolveTeam, teamsOf, withinSearch } from './demo-resolve.ts';
import { answer, askFor, type Resolved, type Step, type StepContext } from './demo-step.ts';

type Rule = (goal: Goal, context: StepContext) => Step;

/** One rule per kind of request. A further tool is a further kind and its rule here. */
const rules: Readonly<Record<GoalKind, Rule>> = {
  'list-teams': listTeams,
  'show-team': showTeam,
  'list-databases': listDatabases,
  'find-database': findDatabase,
  'search-names': searchNames,
  'compare-databases': (goal, context) => reviewDatabases(goal, context, 'alike'),
  'show-marked': (goal, context) => reviewDatabases(goal, context, 'marked'),
  'clean-up': (goal, context) => reviewDatabases(goal, context, 'clean-up'),
  'list-tables': (_, { say, ...context }) => answer(`${say.noTablesTool()}\n\n${say.abilities(offeredIn(context))}`),
  'list-records': (_, { say, ...context }) => answer(`${say.noRecordsTool()}\n\n${say.abilities(offeredIn(context))}`),
  'delete-record': deletePlan,
  'delete-container': (_, { say }) => answer(say.onlyRecordsAreDeleted()),
  'wonder-about-delete': (_, { say }) => answer(say.howToDelete()),
  'report-deletions': (_, { say, knowledge }) => answer(say.deletionsSoFar(deletionsIn(knowledge))),
  'report-last': (_, { say, knowledge }) => answer(say.lastResult(knowledge.calls.at(-1))),
  agree: (_, { say, ...context }) => answer(`${say.nothingToConfirm()}\n\n${say.abilities(offeredIn(context))}`),
  'change-something': (_, { say, ...context }) =>
    answer(`${say.noChangeTool()}\n\n${say.abilities(offeredIn(context))}`),
  cancel: (_, { say }) => answer(say.cancelled()),
  thanks: (_, { say }) => answer(say.welcome()),
  greeting: introduce,
  help: introduce,
  unknown: introduce,
};

/** The next step towards a goal. Calls only tools that are offered; says so where one is missing. */
export function planStep(goal: Goal, context: StepContext): Step {
  const step = rules[goal.kind](goal, context);
  if (step.kind === 'answer') return step;
  const missing = step.calls.find(({ tool }) => !context.isOffered(tool));
  return missing === undefined ? step : answer(context.say.toolMissing(missing.tool));
}

function offeredIn(context: Pick<StepContext, 'isOffered'>): readonly string[] {
  return Object.values(toolNames).filter((tool) => context.isOffered(tool));
}

function introduce(_: Goal, context: StepContext): Step {
  return answer(context.say.introduction(offeredIn(context)), { introduces: true });
}

function listTeams(goal: Goal, context: StepContext): Step {
  const { say, knowledge } = context;
  const teams = known(context, lookUpTeams(knowledge, 'now'));
  if ('step' in teams) return teams.step;
  if (teams.found.length === 0) return answer(say.noTeams());
  const canGoOn = context.isOffered(toolNames.getDatabases);
  return answer(say.teams(teams.found) + (canGoOn ? `\n\n${say.offerDatabases()}` : ''), {
    question: { missing: ['team'], options: teams.found, isOffer: true },
    nextGoal: { ...goal, kind: 'list-databases', loose: [] },
    ...only(teams.found),
  });
}

/** The team to remember as “it”, when there is just one. */
function only(teams: readonly Place[]): { team?: Place } {
  const [first, second] = teams;
  return first !== undefined && second === undefined ? { team: first } : {};
}

function showTeam(goal: Goal, context: StepContext): Step {
  const wanted = goal.team === null ? soleTeam(goal, context) : resolveTeam(context, goal.team, 'lenient');
  if ('step' in wanted) return wanted.step;
  const team = known(context, lookUpTeam(context.knowledge, wanted.found.id));
  return 'step' in team ? team.step : answer(context.say.team(team.found), { team: team.found });
}

function soleTeam(goal: Goal, context: StepContext): Resolved<Place> {
  const teams = known(context, lookUpTeams(context.knowledge, 'ever'));
  if ('step' in teams) return teams;
  const named = goal.loose.flatMap((mention) => matchName(teams.found, mention).exact);
  const [first, second] = named.length > 0 ? named : teams.found;
  if (first === undefined) return { step: answer(context.say.noTeams()) };
  return second === undefined
    ? { found: first }
    : { step: askFor('team', context.say.whichTeam(teams.found), teams.found) };
}

function listDatabases(goal: Goal, context: StepContext): Step {
  const { say } = context;
  const teams =
    goal.team === null
      ? teamsForListing(goal, context)
      : teamsOf(context, goal, { care: 'lenient', freshness: 'ever' });
  if ('step' in teams) return teams.step;
  const gathered = gatherDatabases(context, teams.found, 'now');
  if ('step' in gathered) return gathered.step;
  const { databases, refusals } = gathered.found;
  return answer(say.databases(teams.found, databases) + say.alsoRefused(refusals), only(teams.found));
}

/** What the names tell of the databases that are meant, or of all. */
function reviewDatabases(goal: Goal, context: StepContext, about: 'alike' | 'marked' | 'clean-up'): Step {
  const { say } = context;
  const teams = teamsOf(context, { ...goal, database: null, loose: [] }, { care: 'lenient', freshness: 'now' });
  if ('step' in teams) return teams.step;
  const gathered = gatherDatabases(context, teams.found, 'now');
  if ('step' in gathered) return gathered.step;
  const { databases, refusals } = gathered.found;
  const { alike, marked } = compareNames(databases);
  const parts = {
    alike: [say.alike(alike, databases.length), marked.length > 0 ? say.marked(marked) : ''],
    marked: [say.marked(marked)],
    'clean-up': [
      say.databases(teams.found, databases),
      marked.length > 0 ? say.marked(marked) : '',
      context.isOffered(toolNames.deleteRecord) ? say.cleanUp() : '',
    ],
  }[about];
  const text = [...parts, say.onlyNames()].filter((part) => part !== '').join('\n\n');
  return answer(text + say.alsoRefused(refusals), only(teams.found));
}

/** “Is there a CRM somewhere?” asks for any team or database whose name fits. */
function searchNames(goal: Goal, context: StepContext): Step {
  const { say } = context;
  const teams = teamsOf(context, { ...goal, loose: [] }, { care: 'lenient', freshness: 'now' });
  if ('step' in teams) return teams.step;
  const gathered = gatherDatabases(context, teams.found, 'now');
  if ('step' in gathered) return gathered.step;
  const { databases, refusals } = gathered.found;
  const places = [...teams.found, ...databases];
  const matched = goal.loose.flatMap((mention) => {
    const { exact, near } = matchName(places, mention);
    return [...exact, ...near];
  });
  const phrases = goal.loose.map(({ phrase }) => phrase);
  const found = new Set([...matched, ...namesHolding(places, phrases)]);
  return answer(say.namesFound(phrases.join(' '), [...found]) + say.alsoRefused(refusals));
}

/** A name said loosely with “databases” is a team's; without any, all teams are meant. */
function teamsForListing(goal: Goal, context: StepContext): Resolved<readonly Place[]> {
  const named = goal.loose.filter((mention) => mention.linked);
  const [first] = named;
  if (named.length === 1 && first !== undefined) {
    const team = resolveTeam(context, { said: first }, 'lenient');
    return 'step' in team ? team : { found: [team.found] };
  }
  const teams = known(context, lookUpTeams(context.knowledge, goal.loose.length > 0 ? 'ever' : 'now'));
  if ('step' in teams) return teams;
  const matched = goal.loose.flatMap((mention) => matchName(teams.found, mention).exact);
  if (matched.length > 0) return { found: [...new Set(matched)] };
  if (teams.found.length === 0) return { step: answer(context.say.noTeams()) };
  return withinSearch(context, teams.found);
}

function findDatabase(goal: Goal, context: StepContext): Step {
  const found = resolveDatabase(context, goal, 'lenient');
  if ('step' in found) return found.step;
  return answer(context.say.database(found.found.database, found.found.team), { team: found.found.team });
}

/** Ends a turn in words when no call may be made any more: what is known of it so far. */
export function summarize(context: StepContext): Step {
  const { say, knowledge } = context;
  const thisTurn = knowledge.calls.filter((answered) => answered.turn === knowledge.turn);
  const teams = lookUpTeams(knowledge, 'now');
  const found = teams.state === 'known' ? teams.value : [];
  const gathered = gatherDatabases(context, found, 'now');
  const parts = [
    say.stoppedEarly(thisTurn.length),
    teams.state === 'known' ? say.teams(found) : '',
    'found' in gathered && gathered.found.databases.length > 0 ? say.databases(found, gathered.found.databases) : '',
    ...thisTurn.flatMap(({ outcome }) => (outcome.ok ? [] : [say.refused([outcome.refusal])])),
  ];
  return answer(parts.filter((part) => part !== '').join('\n\n'));
}
