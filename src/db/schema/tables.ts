import { defineAccounts, defineSessions, defineUsers, defineVerifications } from './accounts.ts';
import { defineCompletionThreads, defineIdempotencyKeys } from './api-calls.ts';
import { defineApprovals } from './approvals.ts';
import { defineAuditBodies, defineAuditEvents } from './audit-events.ts';
import { defineConnections, defineOauthFlows } from './connections.ts';
import { defineConversations } from './conversations.ts';
import { defineEffects, defineProcesses, defineSnapshots } from './effects.ts';
import {
  defineDiscoveredTools,
  defineHookEvents,
  defineInboxEntries,
  defineJobDeliveries,
  defineJobRuns,
  defineJobs,
  defineMandates,
  defineNinoxWatches,
  defineQueueItems,
  defineTouchedRecords,
} from './jobs.ts';
import type { Kit } from './kit.ts';
import { defineMessages } from './messages.ts';
import { defineApiKeys, defineInvitations, defineMembers, defineOrganizations } from './organizations.ts';
import { definePersonaVersions } from './persona-versions.ts';
import { definePersonaRevisions, definePersonas } from './personas.ts';
import { defineRuns } from './runs.ts';
import {
  defineSlackAnswers,
  defineSlackCards,
  defineSlackChannels,
  defineSlackEvents,
  defineSlackWorkspaces,
} from './slack.ts';
import { defineSecrets, defineVaultCanaries } from './vault.ts';
import { defineLinkCodes, defineMessageCounts, defineOutsideLinks, defineVisitors } from './visitors.ts';
import { defineEndedTokens, defineWidgetKeys, defineWidgets } from './widgets.ts';

/** Every table, declared once for both dialects. */
export function defineTables(kit: Kit) {
  const conversations = defineConversations(kit);
  const users = defineUsers(kit);
  const organizations = defineOrganizations(kit);
  const effects = defineEffects(kit);
  const widgets = defineWidgets(kit);
  return {
    users,
    sessions: defineSessions(kit, users),
    accounts: defineAccounts(kit, users),
    verifications: defineVerifications(kit),
    organizations,
    members: defineMembers(kit, users, organizations),
    invitations: defineInvitations(kit, users, organizations),
    apiKeys: defineApiKeys(kit, users, organizations),
    secrets: defineSecrets(kit),
    vaultCanaries: defineVaultCanaries(kit),
    connections: defineConnections(kit),
    oauthFlows: defineOauthFlows(kit),
    personas: definePersonas(kit),
    personaRevisions: definePersonaRevisions(kit),
    conversations,
    messages: defineMessages(kit, conversations),
    runs: defineRuns(kit, conversations),
    personaVersions: definePersonaVersions(kit),
    approvals: defineApprovals(kit, conversations),
    effects,
    snapshots: defineSnapshots(kit, effects),
    processes: defineProcesses(kit),
    visitors: defineVisitors(kit),
    messageCounts: defineMessageCounts(kit),
    outsideLinks: defineOutsideLinks(kit, users),
    linkCodes: defineLinkCodes(kit, users),
    widgets,
    widgetKeys: defineWidgetKeys(kit, widgets),
    endedTokens: defineEndedTokens(kit),
    slackWorkspaces: defineSlackWorkspaces(kit),
    slackChannels: defineSlackChannels(kit),
    slackEvents: defineSlackEvents(kit),
    slackAnswers: defineSlackAnswers(kit),
    slackCards: defineSlackCards(kit),
    idempotencyKeys: defineIdempotencyKeys(kit),
    completionThreads: defineCompletionThreads(kit),
    ...defineJobTables(kit),
    auditEvents: defineAuditEvents(kit),
    auditBodies: defineAuditBodies(kit),
  };
}

function defineJobTables(kit: Kit) {
  return {
    discoveredTools: defineDiscoveredTools(kit),
    hookEvents: defineHookEvents(kit),
    inboxEntries: defineInboxEntries(kit),
    jobDeliveries: defineJobDeliveries(kit),
    jobRuns: defineJobRuns(kit),
    jobs: defineJobs(kit),
    mandates: defineMandates(kit),
    ninoxWatches: defineNinoxWatches(kit),
    queueItems: defineQueueItems(kit),
    touchedRecords: defineTouchedRecords(kit),
  };
}

export type Tables = ReturnType<typeof defineTables>;
