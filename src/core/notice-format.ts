/** How a notice is posted: as JSON for a program, or as Slack and whatever takes its messages shows it. */
export const NOTICE_FORMATS = ['json', 'slack'] as const;
export type NoticeFormat = (typeof NOTICE_FORMATS)[number];
