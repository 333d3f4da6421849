/** The anchors of the sections in docs/runbook.md to which alarms link. A test compares both. */
export const runbookSections = [
  'task-at-risk',
  'music-lost',
  'messages-set-aside',
  'callbacks-unanswered',
  'callers-refused',
  'callbacks-wait',
  'wakes-wait',
  'archiver-fails',
  'archiver-hindered',
  'sweeper-stands-still',
  'callback-unrecognised',
  'file-quarantined',
  'key-refused',
  'no-credits',
  'no-callbacks',
  'forwarding-fails',
] as const;

export type RunbookSection = (typeof runbookSections)[number];
