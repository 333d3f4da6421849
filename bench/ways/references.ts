/** The names of the reference ways, as in the report, and of ours. */
export const raw = 'raw';
export const libStorage = 'lib-storage Upload';
export const rclone = 'rclone copyurl';
export const awsCli = 'curl | aws s3 cp -';
export const ours = 'our archiver';
