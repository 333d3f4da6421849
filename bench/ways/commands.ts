// Other programs, included if they are installed.
import { spawnSync } from 'node:child_process';
import { devNull } from 'node:os';
import { caFile } from '../servers/tls.ts';
import { awsVariables } from './aws-variables.ts';
import type { Job } from './job.ts';
import { awsCli, rclone } from './references.ts';

export type Command = {
  name: string;
  programs: readonly string[];
  /** For a shell, which has the job in its environment, so nothing needs quoting. */
  line: string;
  variables: NodeJS.ProcessEnv;
};

export const commands: readonly Command[] = [
  {
    name: rclone,
    programs: ['rclone'],
    line: 'rclone copyurl --ca-cert "$BENCH_CA" "$BENCH_SOURCE" "bench:$BENCH_OBJECT"',
    variables: {
      RCLONE_CONFIG: devNull,
      RCLONE_CONFIG_BENCH_TYPE: 's3',
      RCLONE_CONFIG_BENCH_PROVIDER: 'Other',
      RCLONE_CONFIG_BENCH_ENV_AUTH: 'true',
      RCLONE_CONFIG_BENCH_NO_CHECK_BUCKET: 'true',
    },
  },
  {
    name: awsCli,
    programs: ['curl', 'aws'],
    line: 'curl -fsS --cacert "$BENCH_CA" "$BENCH_SOURCE" | aws s3 cp --quiet - "s3://$BENCH_OBJECT"',
    // Deliberately not for rclone, whose S3 client fails with it.
    variables: { AWS_CA_BUNDLE: caFile },
  },
];

export function commandVariables({ sourceUrl, bucket, key }: Job, sinkUrl: string): NodeJS.ProcessEnv {
  const aws = awsVariables(sinkUrl);
  return {
    ...aws,
    AWS_DEFAULT_REGION: aws.AWS_REGION,
    RCLONE_CONFIG_BENCH_ENDPOINT: sinkUrl,
    BENCH_CA: caFile,
    BENCH_SOURCE: sourceUrl,
    BENCH_OBJECT: `${bucket}/${key}`,
    PATH: process.env.PATH,
    HOME: process.env.HOME,
  };
}

export function missingPrograms({ programs }: Command): string[] {
  return programs.filter((program) => {
    return spawnSync(program, ['--version'], { stdio: 'ignore', timeout: 30_000 }).status !== 0;
  });
}
