/** Generated from the OpenAPI document of the API by `npm run docs`: do not edit. */

export interface paths {
    "/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What operators did, newest first. */
        get: operations["listAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/capacity": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What is known of capacity now: what cools, addresses, quotas, prices. */
        get: operations["getCapacity"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/namespaces/{namespace}/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List jobs, newest first. */
        get: operations["listJobs"];
        put?: never;
        /** Submit a job, or with dryRun=true show its plan and cost. */
        post: operations["submitJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/namespaces/{namespace}/jobs/{jobId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One job with its attempts, nodes and cost so far. */
        get: operations["getJob"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change the priority of a job. */
        patch: operations["setPriority"];
        trace?: never;
    };
    "/v1/namespaces/{namespace}/jobs/{jobId}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Stop a job and tear its machines down. */
        post: operations["cancelJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/namespaces/{namespace}/jobs/{jobId}/diagnosis": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What ended or holds a job, with its evidence and what can be done. */
        get: operations["diagnoseJob"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/namespaces/{namespace}/jobs/{jobId}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The history of a job, oldest first. */
        get: operations["listEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/namespaces/{namespace}/jobs/{jobId}/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where a job is, why, and what would change that. */
        get: operations["explainJob"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/namespaces/{namespace}/jobs/{jobId}/logs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Output of hooks and of the job. */
        get: operations["readLogs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/namespaces/{namespace}/jobs/{jobId}/release": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End an interactive cluster as succeeded. */
        post: operations["releaseJob"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/namespaces/{namespace}/manifests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List manifests with their latest version, by name. */
        get: operations["listManifests"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/namespaces/{namespace}/manifests/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The latest version of a manifest. */
        get: operations["getManifest"];
        /** Store a manifest as a new version, or find the version that it is already. */
        put: operations["putManifest"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/namespaces/{namespace}/manifests/{name}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Versions of a manifest, newest first. */
        get: operations["listManifestVersions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/namespaces/{namespace}/manifests/{name}/versions/{version}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One version of a manifest. */
        get: operations["getManifestVersion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The OpenAPI document of this API. */
        get: operations["getOpenApi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/queue": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What waits and why, what is held, and how the shares stand. */
        get: operations["getQueue"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/queue/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Hold back the queue, a namespace, a market or an offering. */
        post: operations["pauseQueue"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/queue/recount": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Compare the scheduler’s counters with the jobs, and repair them. */
        post: operations["recountQueue"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/queue/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let what was held back go on. */
        post: operations["resumeQueue"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/schemas/cluster-definition.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** JSON Schema of the manifest, for editors. */
        get: operations["getManifestSchema"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/shares": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who shares what: weights, limits, guarantees. */
        get: operations["getShares"];
        /** Apply a share document, or with dryRun=true show what it would change. */
        put: operations["putShares"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/validate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Check a manifest without storing it. */
        post: operations["validateManifest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description What a share document changes, or would change. */
        AppliedShares: {
            /** @description Empty: the shares were so already, and have kept their version. */
            changes: components["schemas"]["ShareChange"][];
            dryRun: boolean;
            /** @description The version in force: the new one, or the one that a dry run compared with. */
            version: number;
            warnings: components["schemas"]["ProblemEntry"][];
        };
        /** @description One pass through the lifecycle. */
        Attempt: {
            /**
             * Format: date-time
             * @description ISO 8601 in UTC.
             */
            admittedAt: string;
            attempt: number;
            /** @description Known when its nodes are gone. */
            costUsd?: number;
            /**
             * Format: date-time
             * @description ISO 8601 in UTC.
             */
            endedAt?: string;
            /**
             * @description Why it ended; the first failure decides.
             * @enum {string}
             */
            outcome?: "SUCCEEDED" | "FAILED" | "CANCELLED" | "TIMED_OUT" | "NO_CAPACITY" | "INTERRUPTED";
            /** @description What decided the outcome, or what holds it where it is. */
            reason?: {
                /** @description For programs. */
                code: string;
                /** @description For people. */
                message: string;
            };
            /** @enum {string} */
            state: "PENDING" | "ACQUIRING_CAPACITY" | "PROVISIONING_FAILED" | "CONFIGURING" | "CONFIGURATION_FAILED" | "RUNNING" | "RUN_FAILED" | "SUCCEEDED" | "POST_RUN" | "POST_RUN_FAILED" | "DESTROYING" | "DESTRUCTION_FAILED" | "DONE";
        };
        /** @description Something that somebody did and that is in no job’s history. */
        AuditEntry: {
            /** @enum {string} */
            action: "SharesApplied" | "Paused" | "Resumed" | "Recounted" | "ManifestStored";
            /**
             * Format: date-time
             * @description ISO 8601 in UTC.
             */
            at: string;
            by: string;
            id: string;
            origin?: components["schemas"]["Origin"];
            reason: string;
            /** @description What it was done to: `queue`, `namespace/physics`, `market/spot`, `shares/7`, `manifest/physics/train/3`. */
            target: string;
        };
        AuditPage: {
            /** @description Leads to the next page; absent on the last. */
            cursor?: string;
            items: components["schemas"]["AuditEntry"][];
        };
        /** @description What is known of capacity now. */
        Capacity: {
            /**
             * Format: date-time
             * @description ISO 8601 in UTC.
             */
            at: string;
            /** @description What is not tried for now, pauses first; at most 500. */
            cooling: components["schemas"]["Cooling"][];
            hasMoreCooling: boolean;
            /** @description Quotas of the account, of all that runs in it. */
            quotas: {
                family: string;
                /** @enum {string} */
                market: "spot" | "on-demand" | "reserved";
                vcpus: number;
            }[];
            region: string;
            /** @description Reserved capacity with room that a namespace may use. */
            reservations: {
                available: number;
                instanceType: string;
                /** @enum {string} */
                matching: "open" | "targeted";
                reservationId: string;
                total: number;
                zone: string;
            }[];
            /** @description The instance types that were asked for. */
            types: components["schemas"]["TypeCapacity"][];
            /** @description What nobody could say: launches are decided without it. */
            unknown: {
                what: string;
                why: string;
            }[];
            zones: {
                freeAddresses?: number;
                subnetId: string;
                zone: string;
            }[];
        };
        /** @description What the cloud answered to launches. */
        CloudError: {
            /** @description How many calls it came of. */
            calls: number;
            code: string;
            message?: string;
            /** @description `workers: c6i.large spot in us-east-1a` */
            places: string[];
            /** @description Of the latest call that it came of: what AWS support asks for. */
            requestId?: string;
        };
        /**
         * ClusterDefinition
         * @description A cluster of machines and the job that runs on it.
         */
        ClusterDefinition: {
            /**
             * @description Version of this format.
             * @constant
             */
            apiVersion: "orchestrator.our-company.com/v1alpha1";
            /**
             * @description Always `ClusterDefinition`.
             * @constant
             */
            kind: "ClusterDefinition";
            /** @description What it is called and whose it is. */
            metadata: {
                /**
                 * @description Up to 40 labels of any text, to find and account jobs by. They become tags of the machines.
                 * @default {}
                 */
                labels?: {
                    [key: string]: string;
                };
                /** @description Name of the definition in its namespace. */
                name: string;
                /** @description The team or project that owns the job: its share, its limits, its permissions. */
                namespace: string;
            };
            /** @description What is wanted. */
            spec: {
                /**
                 * @description Bounds of the search for machines.
                 * @default {}
                 */
                capacity?: {
                    /** @description What all nodes together may cost in an hour. */
                    maxUsdPerHour?: number;
                    /**
                     * @description How long an attempt may go without machines, before the outcome is NO_CAPACITY: from its admission, the time included that it is parked, and the time before it in which it is held in the queue for want of capacity alone. Waiting for limits does not count.
                     * @default 86400
                     */
                    timeoutSeconds?: number;
                };
                /**
                 * @description The user’s own steps.
                 * @default {}
                 */
                hooks?: {
                    /** @description Run on all nodes, in order, before the job. */
                    onConfigure?: ({
                        /** @description Replaces the entrypoint of the image, word by word; no shell reads it. Without it the image runs as it was made to. */
                        command?: string[];
                        /**
                         * @description Environment variables of the step. `ORCH_*` and `TRACEPARENT` are set by the orchestrator.
                         * @default {}
                         */
                        env?: {
                            [key: string]: string;
                        };
                        /** @description A container image: an alias of the deployment, or a reference as it stands. Exactly one of `script` and `image`. */
                        image?: string;
                        /** @description What the step is called in logs and events: one line of any text. */
                        name: string;
                        /** @description A script, run by its `#!` line or else by `/bin/bash`; at most 64 KiB. Exactly one of `script` and `image`. */
                        script?: string;
                        /**
                         * @description How long the step may take before it is stopped and counts as failed.
                         * @default 3600
                         */
                        timeoutSeconds?: number;
                    } & (unknown | unknown))[];
                    /** @description Run on the head node after the job, whether it succeeded or not. */
                    onPostRun?: ({
                        /** @description Replaces the entrypoint of the image, word by word; no shell reads it. Without it the image runs as it was made to. */
                        command?: string[];
                        /**
                         * @description Environment variables of the step. `ORCH_*` and `TRACEPARENT` are set by the orchestrator.
                         * @default {}
                         */
                        env?: {
                            [key: string]: string;
                        };
                        /** @description A container image: an alias of the deployment, or a reference as it stands. Exactly one of `script` and `image`. */
                        image?: string;
                        /** @description What the step is called in logs and events: one line of any text. */
                        name: string;
                        /** @description A script, run by its `#!` line or else by `/bin/bash`; at most 64 KiB. Exactly one of `script` and `image`. */
                        script?: string;
                        /**
                         * @description How long the step may take before it is stopped and counts as failed.
                         * @default 3600
                         */
                        timeoutSeconds?: number;
                    } & (unknown | unknown))[];
                    /** @description The job itself: run on the head node, in order. Without any, and without a script at submission, the cluster is interactive. */
                    onRun?: ({
                        /** @description Replaces the entrypoint of the image, word by word; no shell reads it. Without it the image runs as it was made to. */
                        command?: string[];
                        /**
                         * @description Environment variables of the step. `ORCH_*` and `TRACEPARENT` are set by the orchestrator.
                         * @default {}
                         */
                        env?: {
                            [key: string]: string;
                        };
                        /** @description A container image: an alias of the deployment, or a reference as it stands. Exactly one of `script` and `image`. */
                        image?: string;
                        /** @description What the step is called in logs and events: one line of any text. */
                        name: string;
                        /** @description A script, run by its `#!` line or else by `/bin/bash`; at most 64 KiB. Exactly one of `script` and `image`. */
                        script?: string;
                        /**
                         * @description How long the step may take before it is stopped and counts as failed.
                         * @default 2592000
                         */
                        timeoutSeconds?: number;
                    } & (unknown | unknown))[];
                };
                /** @description The machines, in pools of like ones. */
                nodePools: {
                    /** @description How many nodes. All pools are acquired together or not at all. */
                    count: number;
                    /** @description Size of the root volume. Without it the size of the image. */
                    diskSizeGiB?: number;
                    /**
                     * @description Elastic Fabric Adapter on every node of the pool; keeps the job in one zone.
                     * @default false
                     */
                    efa?: boolean;
                    /** @description Machine image: an alias of the deployment or an AMI id. Without it the deployment’s own for the architecture. */
                    image?: string;
                    /** @description The instance type, or several that will do; all of one processor architecture. */
                    instanceType: string | string[];
                    /**
                     * @description May nodes of the pool differ in type (`Any`), or must they be of one (`Same`)?
                     * @default Any
                     * @enum {string}
                     */
                    mix?: "Any" | "Same";
                    /** @description Name of the pool, distinct in the manifest. */
                    name: string;
                    /**
                     * @description `SpotPreferred` takes Spot and falls back to on-demand.
                     * @default OnDemand
                     * @enum {string}
                     */
                    purchaseOption?: "OnDemand" | "Spot" | "SpotPreferred";
                    /**
                     * @description Marks the pool whose first node is the head node. Without it: the pool named `head` or `head-node`, else the first.
                     * @constant
                     */
                    role?: "head";
                }[];
                /**
                 * @description What the loss of a node does: the attempt ends as INTERRUPTED (`Fail`), the job goes on with a new node in its place (`Replace`; not the head node), or it goes back to the queue for another attempt (`Requeue`; under Slurm, where the head node is not the one, within the same attempt).
                 * @default Fail
                 * @enum {string}
                 */
                onNodeLoss?: "Fail" | "Replace" | "Requeue";
                /** @description Where they may stand. */
                placement: {
                    /**
                     * @description Zones that may be used, or `any`.
                     * @default any
                     */
                    availabilityZones?: "any" | string[];
                    /**
                     * @description Puts the nodes close together in a cluster placement group made for the job.
                     * @default false
                     */
                    placementGroup?: boolean;
                    /**
                     * @description Which cloud provides the machines.
                     * @default aws
                     */
                    provider?: string;
                    /** @description The region; the deployment must serve it. */
                    region: string;
                    /**
                     * @description May the job’s nodes stand in several zones: never, only if one has not enough, or freely? EFA or a placement group means `Single`.
                     * @default Prefer
                     * @enum {string}
                     */
                    spread?: "Single" | "Prefer" | "Any";
                };
                /**
                 * @description 0 to 1000, higher first, or a class: `low` 250, `normal` 500, `high` 750, `urgent` 900.
                 * @default 500
                 */
                priority?: number | ("low" | "normal" | "high" | "urgent");
                /**
                 * @description Whether the job runs again when it did not succeed.
                 * @default {}
                 */
                retry?: {
                    /**
                     * @description How often the job may run in all. With `onNodeLoss: Requeue` and no `retry` it is 3.
                     * @default 1
                     */
                    maxAttempts?: number;
                    /**
                     * @description Outcomes after which it runs again. `onNodeLoss: Requeue` adds INTERRUPTED, and is all that counts without `retry`.
                     * @default [
                     *       "INTERRUPTED",
                     *       "FAILED",
                     *       "TIMED_OUT",
                     *       "NO_CAPACITY"
                     *     ]
                     */
                    on?: ("INTERRUPTED" | "FAILED" | "TIMED_OUT" | "NO_CAPACITY")[];
                };
                /**
                 * @description What makes a cluster of them.
                 * @default {
                 *       "type": "None"
                 *     }
                 */
                runtime?: {
                    /**
                     * @description Slurm: whether it records its jobs in `/data/slurm/jobs.log`.
                     * @default false
                     */
                    accounting?: boolean;
                    /**
                     * @description Slurm: whether a step has its nodes for itself.
                     * @default true
                     */
                    exclusive?: boolean;
                    /** @description Slurm: how many of the workers each step of the run gets; all where neither this nor the script says. */
                    nodes?: number;
                    /**
                     * @description Slurm: how long before that it gets it.
                     * @default 90
                     */
                    noticeSeconds?: number;
                    /**
                     * @description Slurm: the signal that the batch script gets when EC2 is about to take one of its Spot nodes back.
                     * @default USR1
                     * @enum {string}
                     */
                    noticeSignal?: "USR1" | "USR2" | "TERM" | "INT" | "HUP" | "CONT";
                    /**
                     * @description Slurm: tasks that `srun` and MPI start on each node.
                     * @default 1
                     */
                    tasksPerNode?: number;
                    /**
                     * @description What makes a cluster of the nodes. `EKS` is refused.
                     * @enum {string}
                     */
                    type: "None" | "Slurm";
                    /** @description Release of Slurm, quoted: `"23.02"`. Without it the newest that the deployment has an image of. */
                    version?: string;
                };
                /**
                 * @description What stands at `/data` on every node.
                 * @default {
                 *       "type": "HeadNode"
                 *     }
                 */
                storage?: {
                    /** @description Id of an existing file system of EFS, or of FSx for OpenZFS, in the region of the job. */
                    fileSystemId?: string;
                    /**
                     * @description `HeadNode` shares its own disk; the others are file systems that outlive the job, where the deployment has them.
                     * @enum {string}
                     */
                    type: "HeadNode" | "EFS" | "FSx";
                };
                /** @description How long the cluster may live, from the start of its configuration; 60 s to 30 days. Without it until the job ends or is released. */
                ttlSeconds?: number;
            };
        };
        /** @description What is not tried for now. */
        Cooling: {
            /** @description Launches of fewer nodes are not held back; absent: every launch is. */
            atLeast?: number;
            /** @description What EC2 answered last, or `Paused`. */
            code: string;
            /** @description How often in a row. */
            failures: number;
            /** @description Whether a job is finding out for all whether it can be had again. */
            isProbed: boolean;
            /** @enum {string} */
            kind: "offering" | "subnet" | "quota" | "account" | "pausedMarket" | "pausedOffering";
            pausedBy?: {
                by: string;
                reason: string;
            };
            /** @description What is not tried: `offering/m7i.large/us-east-1a/spot` for instance. */
            scope: string;
            /**
             * Format: date-time
             * @description ISO 8601 in UTC.
             */
            since: string;
            /**
             * Format: date-time
             * @description Absent for what somebody has paused.
             */
            until?: string;
        };
        /** @description What is not tried for now. */
        CoolingScope: {
            /** @description Launches of fewer machines are tried. */
            atLeast?: number;
            /** @description The error code of EC2, or `Paused`. */
            code: string;
            /** @description An offering, a subnet, a quota or the account. */
            scope: string;
            /**
             * Format: date-time
             * @description Absent for what an operator holds back.
             */
            until?: string;
        };
        /** @description Why a job is where it is, or ended as it did. */
        Diagnosis: {
            /**
             * Format: date-time
             * @description When this was worked out.
             */
            at: string;
            /**
             * @description Nothing is amiss (`well`), it `waits` for something, it `failed`, or it was `stopped` as somebody wanted.
             * @enum {string}
             */
            bearing: "well" | "waits" | "failed" | "stopped";
            /**
             * @description For programs; docs/diagnosis.md lists all.
             * @enum {string}
             */
            cause: "WaitingForLimit" | "WaitingForGuarantees" | "WaitingForTurn" | "WaitingBehindReservation" | "WaitingForLaunches" | "Paused" | "TooLarge" | "StartsNext" | "SchedulerSilent" | "NoCapacity" | "AccountQuota" | "NoAddresses" | "CloudThrottled" | "BudgetReached" | "GangNotReleased" | "LaunchNotPermitted" | "ImageNotUsable" | "LaunchTemplateBroken" | "AccountBlocked" | "LaunchImpossible" | "LaunchRejected" | "NodeNeverCameUp" | "NodeHung" | "SpotInterruption" | "NodeLost" | "NodeNotReplaced" | "TooManyLosses" | "MachinesLeft" | "MachinesGoneLate" | "StepTimedOut" | "DiskFull" | "GpuOutOfMemory" | "OutOfMemory" | "ProgramCrashed" | "CommandNotFound" | "NotExecutable" | "ContainerNotStarted" | "AccessDenied" | "NetworkUnreachable" | "StepRunnerFailed" | "SetupFailed" | "StepKilled" | "HookFailed" | "JobFailed" | "PostRunFailed" | "SlurmRefused" | "SlurmTimeLimit" | "SlurmCancelled" | "SlurmNodeFailed" | "SlurmNotStarted" | "SlurmSilent" | "Cancelled" | "BeingCancelled" | "TtlExceeded" | "DependencyThrottled" | "DeploymentIncomplete" | "ExecutionDied" | "JobGone" | "InternalFailure" | "Unexplained" | "LookingForMachines" | "ComingUp" | "Running" | "AwaitingRelease" | "Finishing" | "Released" | "Succeeded";
            /** @enum {string} */
            certainty: "certain" | "likely" | "possible";
            evidence: components["schemas"]["Evidence"];
            /** @description Id of the job: a lower-case ULID. */
            jobId: string;
            namespace: string;
            operatorCanDo: string[];
            /** @description What else fits, the likeliest first. */
            others: components["schemas"]["Finding"][];
            /** @description Page and section, from the root of the repository. */
            runbook: string;
            /** @description What happened to this very job, for people. */
            sentence: string;
            youCanDo: string[];
        };
        /** @description A counter that is not what the jobs say. */
        Drift: {
            /** @description What the jobs say. */
            actual: number;
            /** @description What is counted: `runningJobs`, `nodes`, `vcpus`, `gpus`, `usdPerHour`, an account quota such as `Standard/spot`, or `pending`. */
            amount: string;
            /** @description What the counter says. */
            counted: number;
            /** @description Of `pending`: the part of the user’s queue. */
            lane?: string;
            namespace: string;
            /** @description A count of waiting jobs is repaired only while nobody submits. */
            repaired: boolean;
            user: string;
        };
        /** @description What a submission would do and cost. */
        DryRun: {
            demand: {
                gpus: number;
                /** @description US dollars at list price, to six decimals. */
                maxUsdPerHour: number;
                nodes: number;
                vcpus: number;
            };
            /** @constant */
            dryRun: true;
            manifest: {
                digest: string;
                name: string;
            };
            namespace: string;
            plan: {
                /** @description How often the job runs at most, by its retry policy. */
                attempts: number;
                /** @description What is not tried for now. */
                cooling: {
                    /** @description For programs. */
                    code: string;
                    /** @description For people. */
                    message: string;
                    /** @description Absent for what somebody has paused. */
                    until?: string;
                }[];
                /** @description What would be tried, in this order, until every pool has its nodes. */
                launches: {
                    count: number;
                    instanceTypes: string[];
                    market: string;
                    pool: string;
                    /** @description Of all its nodes, at the dearest of its prices known now. */
                    usdPerHour: number;
                    /** @description What put this launch at its place, for people. */
                    why: string;
                    zones: string[];
                }[];
                /** @description Limits that the job meets as things are: quotas of the account, free addresses, its own budget. */
                limits: string[];
                /** @description Of all these attempts, in US dollars. Nodes that are given up while the rest is sought, volumes and traffic come on top. */
                maxUsdInAll: number;
                /** @description From when the nodes are up until the job’s time is over, its post-run hooks and its teardown too, in US dollars. */
                maxUsdPerAttempt: number;
                /** @description With the dearest of its types, in US dollars; reserved capacity counts at list price. */
                maxUsdPerHour: number;
                notes: string[];
                /** @description What nobody could say, and why: the plan is made without it. */
                without: string[];
            };
            /** @description Release of the runtime that the machines bring along; absent where there is none, or the pools’ own images have it. */
            runtimeVersion?: string;
            warnings: components["schemas"]["ProblemEntry"][];
        };
        EventPage: {
            /** @description Leads to the next page; absent on the last. */
            cursor?: string;
            items: components["schemas"]["JobEvent"][];
        };
        /** @description What a diagnosis rests on. */
        Evidence: {
            attempt: number;
            cloud: components["schemas"]["CloudError"][];
            /** @description How earlier attempts ended. */
            earlier: {
                attempt: number;
                message?: string;
                /** @enum {string} */
                outcome?: "SUCCEEDED" | "FAILED" | "CANCELLED" | "TIMED_OUT" | "NO_CAPACITY" | "INTERRUPTED";
            }[];
            /** @description Entries of the history. */
            events: {
                /**
                 * Format: date-time
                 * @description ISO 8601 in UTC.
                 */
                at: string;
                message: string;
                number: number;
                /** @enum {string} */
                type: "JobSubmitted" | "StateChanged" | "PriorityChanged" | "CancelRequested" | "ReleaseRequested" | "LaunchTried" | "GangReleased" | "Parked" | "TurnGiven" | "CapacityAcquired" | "NodeReplaced" | "NodeSpared" | "NodesOnline" | "StepStarted" | "StepFinished" | "NodeInterrupted" | "NodeLost" | "RuntimeSubstituted" | "AttemptRetried" | "NodesGone" | "Reconciled";
            }[];
            /** @description What the step wrote last: 20 lines and 4 KiB at most. */
            lines: {
                /**
                 * Format: date-time
                 * @description ISO 8601 in UTC.
                 */
                at?: string;
                message: string;
                node?: string;
            }[];
            /** @description Where the log could not be read, or not in time: that these lines are the history’s. */
            linesNote?: string;
            /** @enum {string} */
            outcome?: "SUCCEEDED" | "FAILED" | "CANCELLED" | "TIMED_OUT" | "NO_CAPACITY" | "INTERRUPTED";
            reason?: {
                /** @description For programs. */
                code: string;
                /** @description For people. */
                message: string;
            };
            scheduler?: components["schemas"]["SchedulerReport"];
            /** @enum {string} */
            state: "PENDING" | "ACQUIRING_CAPACITY" | "PROVISIONING_FAILED" | "CONFIGURING" | "CONFIGURATION_FAILED" | "RUNNING" | "RUN_FAILED" | "SUCCEEDED" | "POST_RUN" | "POST_RUN_FAILED" | "DESTROYING" | "DESTRUCTION_FAILED" | "DONE";
            step?: components["schemas"]["StepEnd"];
        };
        /** @description Where a job is, why, and what would change that. */
        Explanation: {
            /**
             * Format: date-time
             * @description When this was worked out.
             */
            at: string;
            /** @description What it waits for, for programs. */
            code: string;
            /** @description What it may be launched as and is not tried for now. */
            cooling?: components["schemas"]["CoolingScope"][];
            figures?: components["schemas"]["ObstacleFigure"][];
            /**
             * Format: date-time
             * @description It ends as NO_CAPACITY then, if it finds no machines before (`capacity.timeoutSeconds`).
             */
            givenUpAt?: string;
            /** @description What would change that. */
            hints: string[];
            /** @description Id of the job: a lower-case ULID. */
            jobId: string;
            /** @description What it waits for, for people. */
            message: string;
            namespace: string;
            /** @enum {string} */
            outcome?: "SUCCEEDED" | "FAILED" | "CANCELLED" | "TIMED_OUT" | "NO_CAPACITY" | "INTERRUPTED";
            place?: components["schemas"]["PlaceInOrder"];
            /** @description The nodes of the share tree at which it counts, from the deployment down. */
            shares?: components["schemas"]["ShareStanding"][];
            /**
             * Format: date-time
             * @description Limits are reserved for it: it may start then at the latest if what runs ends within its bounds.
             */
            startsBy?: string;
            /** @enum {string} */
            state: "PENDING" | "ACQUIRING_CAPACITY" | "PROVISIONING_FAILED" | "CONFIGURING" | "CONFIGURATION_FAILED" | "RUNNING" | "RUN_FAILED" | "SUCCEEDED" | "POST_RUN" | "POST_RUN_FAILED" | "DESTROYING" | "DESTRUCTION_FAILED" | "DONE";
            /**
             * Format: date-time
             * @description Nothing is tried before.
             */
            until?: string;
            user: string;
        };
        /** @description A cause that fits a job. */
        Finding: {
            /**
             * @description For programs; docs/diagnosis.md lists all.
             * @enum {string}
             */
            cause: "WaitingForLimit" | "WaitingForGuarantees" | "WaitingForTurn" | "WaitingBehindReservation" | "WaitingForLaunches" | "Paused" | "TooLarge" | "StartsNext" | "SchedulerSilent" | "NoCapacity" | "AccountQuota" | "NoAddresses" | "CloudThrottled" | "BudgetReached" | "GangNotReleased" | "LaunchNotPermitted" | "ImageNotUsable" | "LaunchTemplateBroken" | "AccountBlocked" | "LaunchImpossible" | "LaunchRejected" | "NodeNeverCameUp" | "NodeHung" | "SpotInterruption" | "NodeLost" | "NodeNotReplaced" | "TooManyLosses" | "MachinesLeft" | "MachinesGoneLate" | "StepTimedOut" | "DiskFull" | "GpuOutOfMemory" | "OutOfMemory" | "ProgramCrashed" | "CommandNotFound" | "NotExecutable" | "ContainerNotStarted" | "AccessDenied" | "NetworkUnreachable" | "StepRunnerFailed" | "SetupFailed" | "StepKilled" | "HookFailed" | "JobFailed" | "PostRunFailed" | "SlurmRefused" | "SlurmTimeLimit" | "SlurmCancelled" | "SlurmNodeFailed" | "SlurmNotStarted" | "SlurmSilent" | "Cancelled" | "BeingCancelled" | "TtlExceeded" | "DependencyThrottled" | "DeploymentIncomplete" | "ExecutionDied" | "JobGone" | "InternalFailure" | "Unexplained" | "LookingForMachines" | "ComingUp" | "Running" | "AwaitingRelease" | "Finishing" | "Released" | "Succeeded";
            /** @enum {string} */
            certainty: "certain" | "likely" | "possible";
            /** @description What happened to this very job, for people. */
            sentence: string;
        };
        /** @description What its jobs hold now. */
        HeldAmounts: {
            gpus: number;
            nodes: number;
            runningJobs: number;
            /** @description US dollars at list price, to six decimals. */
            usdPerHour: number;
            vcpus: number;
        };
        /** @description One run of one manifest version. */
        Job: {
            /** @description Number of the current attempt, from 1. */
            attempt: number;
            cancelRequestedBy?: string;
            /**
             * Format: date-time
             * @description The TTL counts from here.
             */
            configuringAt?: string;
            cost?: components["schemas"]["JobCost"];
            /**
             * Format: date-time
             * @description ISO 8601 in UTC.
             */
            endedAt?: string;
            /** @description Exit code of the job’s last step. */
            exitCode?: number;
            /**
             * Format: date-time
             * @description ISO 8601 in UTC.
             */
            firstAdmittedAt?: string;
            /** @description Whether a script was submitted beside the manifest. */
            hasScript: boolean;
            /** @description Id of the job: a lower-case ULID. */
            jobId: string;
            labels: {
                [key: string]: string;
            };
            manifest: {
                digest: string;
                name: string;
                version: number;
            };
            maxAttempts: number;
            /** @description The most that its nodes cost in an hour, at on-demand list price. */
            maxUsdPerHour: number;
            namespace: string;
            /** @description How many nodes it asks for. */
            nodeCount: number;
            /**
             * @description Why it ended; the first failure decides.
             * @enum {string}
             */
            outcome?: "SUCCEEDED" | "FAILED" | "CANCELLED" | "TIMED_OUT" | "NO_CAPACITY" | "INTERRUPTED";
            priority: number;
            /** @description The cloud that its machines are of; left out: `aws`. Of `simulated` nothing runs. */
            provider?: string;
            /** @description What decided the outcome, or what holds it where it is. */
            reason?: {
                /** @description For programs. */
                code: string;
                /** @description For people. */
                message: string;
            };
            releaseRequestedBy?: string;
            runtime: string;
            /** @description Release of the runtime that its machines bring along, chosen at submission. */
            runtimeVersion?: string;
            scheduler?: components["schemas"]["SchedulerReport"];
            /**
             * @description Where it is in the lifecycle.
             * @enum {string}
             */
            state: "PENDING" | "ACQUIRING_CAPACITY" | "PROVISIONING_FAILED" | "CONFIGURING" | "CONFIGURATION_FAILED" | "RUNNING" | "RUN_FAILED" | "SUCCEEDED" | "POST_RUN" | "POST_RUN_FAILED" | "DESTROYING" | "DESTRUCTION_FAILED" | "DONE";
            /**
             * Format: date-time
             * @description ISO 8601 in UTC.
             */
            submittedAt: string;
            ttlSeconds: number;
            /**
             * Format: date-time
             * @description ISO 8601 in UTC.
             */
            updatedAt: string;
            /** @description Who submitted it: an IAM user’s name or a role session’s. */
            user: string;
        };
        /** @description What machines cost at list price: volumes, traffic, discounts and taxes are not in it. In listings that of attempts whose machines are gone, of one job that of all attempts so far. */
        JobCost: {
            byPool: components["schemas"]["PoolCost"][];
            /** @description Hours of all of them together, as they are billed. */
            nodeHours: number;
            /** @description Machines, those that were replaced and those of earlier attempts included. */
            nodes: number;
            /** @description What the same hours would have cost more on demand. */
            savedUsd: number;
            /** @description US dollars at list price, to six decimals. */
            usd: number;
        };
        /** @description A job with its attempts, nodes and cost so far. */
        JobDetail: {
            /** @description Number of the current attempt, from 1. */
            attempt: number;
            attempts: components["schemas"]["Attempt"][];
            cancelRequestedBy?: string;
            /**
             * Format: date-time
             * @description The TTL counts from here.
             */
            configuringAt?: string;
            cost: components["schemas"]["JobCost"];
            /** @description Cost of all attempts so far, at list price. */
            costUsd: number;
            /**
             * Format: date-time
             * @description ISO 8601 in UTC.
             */
            endedAt?: string;
            /** @description Exit code of the job’s last step. */
            exitCode?: number;
            /**
             * Format: date-time
             * @description ISO 8601 in UTC.
             */
            firstAdmittedAt?: string;
            /** @description Whether a script was submitted beside the manifest. */
            hasScript: boolean;
            /** @description Id of the job: a lower-case ULID. */
            jobId: string;
            labels: {
                [key: string]: string;
            };
            links?: components["schemas"]["JobLinks"];
            manifest: {
                digest: string;
                name: string;
                version: number;
            };
            maxAttempts: number;
            /** @description The most that its nodes cost in an hour, at on-demand list price. */
            maxUsdPerHour: number;
            namespace: string;
            /** @description How many nodes it asks for. */
            nodeCount: number;
            nodes: components["schemas"]["Node"][];
            /**
             * @description Why it ended; the first failure decides.
             * @enum {string}
             */
            outcome?: "SUCCEEDED" | "FAILED" | "CANCELLED" | "TIMED_OUT" | "NO_CAPACITY" | "INTERRUPTED";
            priority: number;
            /** @description The cloud that its machines are of; left out: `aws`. Of `simulated` nothing runs. */
            provider?: string;
            /** @description What decided the outcome, or what holds it where it is. */
            reason?: {
                /** @description For programs. */
                code: string;
                /** @description For people. */
                message: string;
            };
            releaseRequestedBy?: string;
            runtime: string;
            /** @description Release of the runtime that its machines bring along, chosen at submission. */
            runtimeVersion?: string;
            scheduler?: components["schemas"]["SchedulerReport"];
            /**
             * @description Where it is in the lifecycle.
             * @enum {string}
             */
            state: "PENDING" | "ACQUIRING_CAPACITY" | "PROVISIONING_FAILED" | "CONFIGURING" | "CONFIGURATION_FAILED" | "RUNNING" | "RUN_FAILED" | "SUCCEEDED" | "POST_RUN" | "POST_RUN_FAILED" | "DESTROYING" | "DESTRUCTION_FAILED" | "DONE";
            /**
             * Format: date-time
             * @description ISO 8601 in UTC.
             */
            submittedAt: string;
            ttlSeconds: number;
            /**
             * Format: date-time
             * @description ISO 8601 in UTC.
             */
            updatedAt: string;
            /** @description Who submitted it: an IAM user’s name or a role session’s. */
            user: string;
            /** @description Why it waits, while it does. */
            waiting?: {
                /** @description For programs. */
                code: string;
                /** @description For people. */
                message: string;
                /**
                 * Format: date-time
                 * @description Nothing is tried before.
                 */
                until?: string;
            };
        };
        /** @description One line of a job’s history. */
        JobEvent: {
            /**
             * Format: date-time
             * @description ISO 8601 in UTC.
             */
            at: string;
            attempt: number;
            data?: {
                [key: string]: unknown;
            };
            /** @enum {string} */
            from?: "PENDING" | "ACQUIRING_CAPACITY" | "PROVISIONING_FAILED" | "CONFIGURING" | "CONFIGURATION_FAILED" | "RUNNING" | "RUN_FAILED" | "SUCCEEDED" | "POST_RUN" | "POST_RUN_FAILED" | "DESTROYING" | "DESTRUCTION_FAILED" | "DONE";
            message: string;
            /** @description From 1, without gaps. */
            number: number;
            /** @enum {string} */
            to?: "PENDING" | "ACQUIRING_CAPACITY" | "PROVISIONING_FAILED" | "CONFIGURING" | "CONFIGURATION_FAILED" | "RUNNING" | "RUN_FAILED" | "SUCCEEDED" | "POST_RUN" | "POST_RUN_FAILED" | "DESTROYING" | "DESTRUCTION_FAILED" | "DONE";
            /** @enum {string} */
            type: "JobSubmitted" | "StateChanged" | "PriorityChanged" | "CancelRequested" | "ReleaseRequested" | "LaunchTried" | "GangReleased" | "Parked" | "TurnGiven" | "CapacityAcquired" | "NodeReplaced" | "NodeSpared" | "NodesOnline" | "StepStarted" | "StepFinished" | "NodeInterrupted" | "NodeLost" | "RuntimeSubstituted" | "AttemptRetried" | "NodesGone" | "Reconciled";
        };
        /** @description Where else to look at it. */
        JobLinks: {
            /** @description The dashboard of jobs, in CloudWatch or in a Grafana, over the time of this one. */
            dashboard: string;
        };
        JobPage: {
            /** @description Leads to the next page; absent on the last. */
            cursor?: string;
            items: components["schemas"]["Job"][];
        };
        /** @description A line that a step wrote on a node. */
        LogLine: {
            /**
             * Format: date-time
             * @description ISO 8601 in UTC.
             */
            at: string;
            attempt: number;
            /** @description Tells lines apart that are alike. */
            id: string;
            message: string;
            node: string;
            step: string;
        };
        LogPage: {
            /** @description Leads to the next page; absent on the last. */
            cursor?: string;
            items: components["schemas"]["LogLine"][];
        };
        ManifestPage: {
            /** @description Leads to the next page; absent on the last. */
            cursor?: string;
            items: components["schemas"]["ManifestVersion"][];
        };
        /** @description A version of a manifest: it never changes. */
        ManifestVersion: {
            /**
             * Format: date-time
             * @description ISO 8601 in UTC.
             */
            createdAt: string;
            createdBy: string;
            /** @description SHA-256 of the canonical JSON of the validated manifest. */
            digest: string;
            name: string;
            namespace: string;
            version: number;
        };
        /** @description A version of a manifest with its content. */
        ManifestVersionDetail: {
            /**
             * Format: date-time
             * @description ISO 8601 in UTC.
             */
            createdAt: string;
            createdBy: string;
            /** @description SHA-256 of the canonical JSON of the validated manifest. */
            digest: string;
            /** @description The manifest with all defaults written out; it may be submitted as it is. Its schema: /v1/schemas/cluster-definition.json. */
            manifest: {
                [key: string]: unknown;
            };
            name: string;
            namespace: string;
            version: number;
        };
        ManifestVersionPage: {
            /** @description Leads to the next page; absent on the last. */
            cursor?: string;
            items: components["schemas"]["ManifestVersion"][];
        };
        /** @description A machine of the current attempt. */
        Node: {
            address: string;
            /**
             * Format: date-time
             * @description ISO 8601 in UTC.
             */
            goneAt?: string;
            instanceId: string;
            instanceType: string;
            /**
             * Format: date-time
             * @description ISO 8601 in UTC.
             */
            launchedAt: string;
            /** @enum {string} */
            market: "spot" | "on-demand" | "reserved";
            name: string;
            pool: string;
            /** @description 0 is the head node. */
            rank: number;
            /** @description US dollars at list price, to six decimals. */
            usdPerHour: number;
            zone: string;
        };
        /** @description A limit that is in the way. */
        ObstacleFigure: {
            /** @enum {string} */
            amount: "runningJobs" | "nodes" | "vcpus" | "gpus" | "usdPerHour";
            asked: number;
            /** @description Kept for what others are guaranteed. */
            kept?: number;
            limit: number;
            place?: components["schemas"]["SharePlace"];
            /** @description An account quota, in vCPUs: `P/spot` for instance. */
            quota?: string;
            used?: number;
        };
        /** @description A type in a zone on a market. */
        Offering: {
            cooling?: {
                atLeast?: number;
                code: string;
                /**
                 * Format: date-time
                 * @description Absent for what somebody has paused.
                 */
                until?: string;
            };
            /** @enum {string} */
            market: "spot" | "on-demand" | "reserved";
            /** @description Of one node; absent where the price is not known. */
            usdPerHour?: number;
            zone: string;
        };
        /** @description Who a request came from, and from where. */
        Origin: {
            /** @description ARN of the IAM user or of the role’s session. */
            principal: string;
            /** @description Of the user or the role in IAM, `AIDA…` or `AROA…`. */
            principalId?: string;
            requestId: string;
            sourceIp: string;
            userAgent?: string;
        };
        /** @description What an operator holds back. */
        PauseInForce: {
            /**
             * Format: date-time
             * @description ISO 8601 in UTC.
             */
            at: string;
            by: string;
            reason: string;
            scope: string;
        };
        /** @description What to hold back, or what goes on, and why. */
        PauseRequest: {
            /** @description Why, for the audit and for whoever waits. */
            reason: string;
            /** @description What is held back: the whole queue, a namespace, a market, or an instance type in a zone on a market. */
            scope: {
                /** @constant */
                kind: "queue";
            } | {
                /** @constant */
                kind: "namespace";
                /** @description The namespace. */
                namespace: string;
            } | {
                /** @constant */
                kind: "market";
                /** @enum {string} */
                market: "spot" | "on-demand" | "reserved";
            } | {
                instanceType: string;
                /** @constant */
                kind: "offering";
                /** @enum {string} */
                market: "spot" | "on-demand" | "reserved";
                zone: string;
            };
        };
        /** @description Where a waiting job stands. */
        PlaceInOrder: {
            /** @description Its priority band now, 0 to 10, ageing included. */
            band: number;
            /**
             * Format: date-time
             * @description When ageing lifts it to the next band.
             */
            bandRisesAt?: string;
            /** @description False: there are at least so many. */
            isExact: boolean;
            /** @description Jobs of the same user that come before it. */
            ownJobsBefore: number;
            priority: number;
        };
        /** @description What the machines of a pool cost on one market. */
        PoolCost: {
            /** @enum {string} */
            market: "spot" | "on-demand" | "reserved";
            /** @description Hours of all of them together, as they are billed. */
            nodeHours: number;
            /** @description Machines, those that were replaced and those of earlier attempts included. */
            nodes: number;
            pool: string;
            /** @description What the same hours would have cost more on demand. */
            savedUsd: number;
            /** @description US dollars at list price, to six decimals. */
            usd: number;
        };
        PriorityChange: {
            /** @description 0 to 1000, higher first, or a class: low, normal, high, urgent. */
            priority: number | ("low" | "normal" | "high" | "urgent");
        };
        /** @description What went wrong (RFC 9457). */
        Problem: {
            detail: string;
            /** @description Each single thing that is wrong. */
            errors?: components["schemas"]["ProblemEntry"][];
            /** @description Names this very request. */
            instance: string;
            requestId: string;
            status: number;
            title: string;
            /** @description Stable: `urn:orchestrator:problem:invalid-manifest` and such. */
            type: string;
        };
        /** @description One thing that is wrong or doubtful. */
        ProblemEntry: {
            /** @description The kind of problem, for programs. */
            code: string;
            /** @description Column in the line, from 1. */
            column?: number;
            /** @description Line in the text, from 1. */
            line?: number;
            message: string;
            /** @description Where: `spec.nodePools[0].count` in a manifest, `query.limit` in a request. */
            path: string;
            /** @description What was probably meant. */
            suggestion?: string;
            /** @description What was found there. */
            value?: string | number | boolean | null;
        };
        /** @description What waits, what runs, and how the shares stand. */
        Queue: {
            /**
             * Format: date-time
             * @description ISO 8601 in UTC.
             */
            at: string;
            hasMoreJobs: boolean;
            hasMoreShares: boolean;
            /** @description Whether there were more queues than were read: the order and the reasons are then those among these. */
            isPartial: boolean;
            /** @description The next jobs in the order in which they would start if there were room. */
            jobs: components["schemas"]["WaitingJob"][];
            /** @description Jobs that look for machines, and how many may at once. */
            launches: {
                inFlight: number;
                limit: number;
            };
            /** @description Jobs that found no capacity and hold nothing until their next turn. */
            parked: number;
            pauses: components["schemas"]["PauseInForce"][];
            /** @description Jobs that wait in the queues. */
            pending: number;
            /** @description Jobs that hold limits. */
            running: number;
            /** @description The share tree, parents before their children; at most 500 nodes, those with jobs first. */
            shares: components["schemas"]["ShareStanding"][];
        };
        /** @description Whether to compare only, or to repair. */
        Recount: {
            /** @description Why, for the audit; needed for a repair. */
            reason?: string;
            /**
             * @description Whether what is wrong is put right.
             * @default false
             */
            repair?: boolean;
        };
        /** @description Counters of limits and of waiting jobs, against the jobs themselves. */
        Recounted: {
            drifts: components["schemas"]["Drift"][];
            /** @description Parts of queues that there was no time to count; their entries are as they were. */
            lanesNotCounted: number;
            /** @description Whether there were drifts and all have been put right. */
            repaired: boolean;
        };
        /** @description What goes on. */
        Resumed: {
            /** @description Whether it was paused. */
            resumed: boolean;
            scope: string;
        };
        /** @description What the cluster’s own scheduler (Slurm) said of the last step of the run. */
        SchedulerReport: {
            /** @description Its own number of the job. */
            id: string;
            /** @description The nodes that it gave the job: `workers-[0-63]`. */
            nodes: string;
            reason?: string;
            /** @description How often it put the job back into its queue. */
            restarts: number;
            /** @description In its words: `COMPLETED`, `NODE_FAIL`. */
            state: string;
        };
        /** @description What is not named is not limited, or not guaranteed. */
        ShareAmounts: {
            gpus?: number;
            nodes?: number;
            runningJobs?: number;
            /** @description US dollars at list price, to six decimals. */
            usdPerHour?: number;
            vcpus?: number;
        };
        /** @description What becomes of a node of the share tree. */
        ShareChange: {
            /** @enum {string} */
            change: "added" | "removed" | "changed";
            place: components["schemas"]["SharePlace"];
            settings: {
                /** @description Absent: it is not set any more. */
                after?: string | number | boolean;
                /** @description Absent: it was not set. */
                before?: string | number | boolean;
                /** @description As documents write it: `limits.nodes`. */
                setting: string;
            }[];
        };
        ShareDocument: {
            /**
             * @description For whoever is not named.
             * @default {}
             */
            defaults?: {
                /**
                 * @description For namespaces that are not among the shares; of those that are, for `pendingJobs` and `maxPriority`.
                 * @default {}
                 */
                namespace?: {
                    /**
                     * @description What each such namespace may hold.
                     * @default {}
                     */
                    limits?: {
                        /** @description GPUs of all machines. */
                        gpus?: number;
                        /** @description Machines. */
                        nodes?: number;
                        /** @description Jobs that hold machines, or look for some. */
                        runningJobs?: number;
                        /** @description List price of all machines, at the most that they may cost. */
                        usdPerHour?: number;
                        /** @description vCPUs of all machines. */
                        vcpus?: number;
                    };
                    /**
                     * @description The highest priority that its jobs may ask for.
                     * @default 1000
                     */
                    maxPriority?: number;
                    /**
                     * @description Jobs that may wait in its queue; more are refused with 429.
                     * @default 100000
                     */
                    pendingJobs?: number;
                    /**
                     * @description Against what stands directly under the deployment.
                     * @default 1
                     */
                    weight?: number;
                };
                /**
                 * @description For users whom neither a name nor `"*"` of their namespace stands for.
                 * @default {}
                 */
                user?: {
                    /**
                     * @description What such a user may hold in each namespace.
                     * @default {}
                     */
                    limits?: {
                        /** @description GPUs of all machines. */
                        gpus?: number;
                        /** @description Machines. */
                        nodes?: number;
                        /** @description Jobs that hold machines, or look for some. */
                        runningJobs?: number;
                        /** @description List price of all machines, at the most that they may cost. */
                        usdPerHour?: number;
                        /** @description vCPUs of all machines. */
                        vcpus?: number;
                    };
                    /**
                     * @description Against the other users of the namespace.
                     * @default 1
                     */
                    weight?: number;
                };
            };
            /**
             * @description How long it takes until what was used counts half.
             * @default 168
             */
            halfLifeHours?: number;
            /**
             * @description What all jobs of the deployment may hold together.
             * @default {}
             */
            limits?: {
                /** @description GPUs of all machines. */
                gpus?: number;
                /** @description Machines. */
                nodes?: number;
                /** @description Jobs that hold machines, or look for some. */
                runningJobs?: number;
                /** @description List price of all machines, at the most that they may cost. */
                usdPerHour?: number;
                /** @description vCPUs of all machines. */
                vcpus?: number;
            };
            /**
             * @description Jobs that may look for machines at once: each makes one launch call at a time, and EC2 refills them slowly.
             * @default 25
             */
            maxLaunchesInFlight?: number;
            /**
             * @description Quotas of the AWS account, in vCPUs, by family and market: `"Standard/spot": 4000`. What is not named is not counted.
             * @default {}
             */
            quotas?: {
                [key: string]: number;
            };
            /**
             * @description Groups and namespaces, in any order.
             * @default []
             */
            shares?: {
                /**
                 * @description What is kept for it against its siblings, under the limits above it.
                 * @default {}
                 */
                guarantee?: {
                    /** @description GPUs of all machines. */
                    gpus?: number;
                    /** @description Machines. */
                    nodes?: number;
                    /** @description Jobs that hold machines, or look for some. */
                    runningJobs?: number;
                    /** @description List price of all machines, at the most that they may cost. */
                    usdPerHour?: number;
                    /** @description vCPUs of all machines. */
                    vcpus?: number;
                };
                /**
                 * @description A `group` (an organisation, a department) has groups and namespaces under it, a `namespace` its users.
                 * @default group
                 * @enum {string}
                 */
                kind?: "group" | "namespace";
                /**
                 * @description Whether siblings may use what is guaranteed and not wanted now. What is lent comes back as their jobs end.
                 * @default true
                 */
                lend?: boolean;
                /**
                 * @description What its jobs may hold together. What is not named is not limited.
                 * @default {}
                 */
                limits?: {
                    /** @description GPUs of all machines. */
                    gpus?: number;
                    /** @description Machines. */
                    nodes?: number;
                    /** @description Jobs that hold machines, or look for some. */
                    runningJobs?: number;
                    /** @description List price of all machines, at the most that they may cost. */
                    usdPerHour?: number;
                    /** @description vCPUs of all machines. */
                    vcpus?: number;
                };
                /** @description The highest priority that its jobs may ask for. */
                maxPriority?: number;
                /** @description Distinct in the document. Of a namespace, the namespace’s. */
                name: string;
                /** @description The group that it stands under; without it, directly under the deployment. */
                parent?: string;
                /** @description Jobs that may wait in its queue; more are refused with 429. */
                pendingJobs?: number;
                /** @description Users by name, as jobs show them; `"*"` stands for those who are not named. Namespaces only. */
                users?: {
                    [key: string]: {
                        /**
                         * @description What the user may hold in this namespace.
                         * @default {}
                         */
                        limits?: {
                            /** @description GPUs of all machines. */
                            gpus?: number;
                            /** @description Machines. */
                            nodes?: number;
                            /** @description Jobs that hold machines, or look for some. */
                            runningJobs?: number;
                            /** @description List price of all machines, at the most that they may cost. */
                            usdPerHour?: number;
                            /** @description vCPUs of all machines. */
                            vcpus?: number;
                        };
                        /**
                         * @description Against the other users of the namespace.
                         * @default 1
                         */
                        weight?: number;
                    };
                };
                /**
                 * @description Its part of what its parent uses, against its siblings: one of weight 2 is entitled to twice as much as one of weight 1.
                 * @default 1
                 */
                weight?: number;
            }[];
        };
        /** @description A node of the share tree. */
        SharePlace: {
            /** @enum {string} */
            kind: "deployment" | "group" | "namespace" | "user";
            /** @description Absent for the deployment. */
            name?: string;
            /** @description Of a user. */
            namespace?: string;
        };
        /** @description Who shares what, in a version. */
        Shares: {
            /**
             * Format: date-time
             * @description ISO 8601 in UTC.
             */
            appliedAt?: string;
            appliedBy?: string;
            comment?: string;
            /** @description As it was written: it may be applied as it is. */
            document: {
                [key: string]: unknown;
            };
            /** @description From 1; 0 is what a deployment has before anybody applied shares. */
            version: number;
        };
        /** @description A node of the share tree and how it stands among its siblings. */
        ShareStanding: {
            /** @description Steps below the deployment, whose depth is 0. */
            depth: number;
            /** @description Its part by weight among itself and its siblings that have jobs: 0 to 1. */
            entitledPart: number;
            guarantee: components["schemas"]["ShareAmounts"];
            held: components["schemas"]["HeldAmounts"];
            /** @enum {string} */
            kind: "deployment" | "group" | "namespace" | "user";
            limits: components["schemas"]["ShareAmounts"];
            /** @description Absent for the deployment. */
            name?: string;
            /** @description Of a user. */
            namespace?: string;
            /** @description Jobs that wait in its queues. */
            pending: number;
            /** @description Its part of what its parent’s members used lately, by list price: 0 to 1. */
            usedPart: number;
            /** @description What holds its first waiting job. */
            waiting?: {
                /** @description For programs. */
                code: string;
                /** @description For people. */
                message: string;
            };
            weight: number;
        };
        /** @description The step that ended badly. */
        StepEnd: {
            exitCode?: number;
            /** @description Its place: `run/0`. */
            key: string;
            name: string;
            /** @description The first node that failed. */
            node?: string;
            /** @description On how many others it failed. */
            otherNodes: number;
            /** @description Where the exit code says one: `SIGKILL`. */
            signal?: string;
        };
        /** @description A manifest, or the name of a stored one, with what is given beside it. */
        Submission: {
            /** @description The manifest as an object, or as YAML text: then problems carry lines. */
            manifest?: string | {
                [key: string]: unknown;
            };
            /** @description A stored manifest; the latest version where none is named. */
            manifestRef?: {
                /** @description Name of the manifest. */
                name: string;
                version?: number;
            };
            /** @description Instead of the manifest’s. */
            priority?: number | ("low" | "normal" | "high" | "urgent");
            /** @description The job: added to the manifest’s onRun steps. */
            script?: string;
        };
        /** @description A job, with what is doubtful about its manifest. */
        SubmittedJob: {
            /** @description Number of the current attempt, from 1. */
            attempt: number;
            cancelRequestedBy?: string;
            /**
             * Format: date-time
             * @description The TTL counts from here.
             */
            configuringAt?: string;
            cost?: components["schemas"]["JobCost"];
            /**
             * Format: date-time
             * @description ISO 8601 in UTC.
             */
            endedAt?: string;
            /** @description Exit code of the job’s last step. */
            exitCode?: number;
            /**
             * Format: date-time
             * @description ISO 8601 in UTC.
             */
            firstAdmittedAt?: string;
            /** @description Whether a script was submitted beside the manifest. */
            hasScript: boolean;
            /** @description Id of the job: a lower-case ULID. */
            jobId: string;
            labels: {
                [key: string]: string;
            };
            manifest: {
                digest: string;
                name: string;
                version: number;
            };
            maxAttempts: number;
            /** @description The most that its nodes cost in an hour, at on-demand list price. */
            maxUsdPerHour: number;
            namespace: string;
            /** @description How many nodes it asks for. */
            nodeCount: number;
            /**
             * @description Why it ended; the first failure decides.
             * @enum {string}
             */
            outcome?: "SUCCEEDED" | "FAILED" | "CANCELLED" | "TIMED_OUT" | "NO_CAPACITY" | "INTERRUPTED";
            priority: number;
            /** @description The cloud that its machines are of; left out: `aws`. Of `simulated` nothing runs. */
            provider?: string;
            /** @description What decided the outcome, or what holds it where it is. */
            reason?: {
                /** @description For programs. */
                code: string;
                /** @description For people. */
                message: string;
            };
            releaseRequestedBy?: string;
            runtime: string;
            /** @description Release of the runtime that its machines bring along, chosen at submission. */
            runtimeVersion?: string;
            scheduler?: components["schemas"]["SchedulerReport"];
            /**
             * @description Where it is in the lifecycle.
             * @enum {string}
             */
            state: "PENDING" | "ACQUIRING_CAPACITY" | "PROVISIONING_FAILED" | "CONFIGURING" | "CONFIGURATION_FAILED" | "RUNNING" | "RUN_FAILED" | "SUCCEEDED" | "POST_RUN" | "POST_RUN_FAILED" | "DESTROYING" | "DESTRUCTION_FAILED" | "DONE";
            /**
             * Format: date-time
             * @description ISO 8601 in UTC.
             */
            submittedAt: string;
            ttlSeconds: number;
            /**
             * Format: date-time
             * @description ISO 8601 in UTC.
             */
            updatedAt: string;
            /** @description Who submitted it: an IAM user’s name or a role session’s. */
            user: string;
            warnings: components["schemas"]["ProblemEntry"][];
        };
        /** @description An instance type, and where it could be had. */
        TypeCapacity: {
            architecture: string;
            efa: boolean;
            gpus: number;
            instanceType: string;
            /** @description How often Spot nodes of the type were taken back in the last month. */
            interruptions?: string;
            memoryMiB: number;
            /** @description Where the deployment could have it; none where no zone of it offers the type. */
            offerings: components["schemas"]["Offering"][];
            vcpus: number;
        };
        /** @description A manifest that is acceptable to this deployment. */
        Validation: {
            digest: string;
            /** @description The manifest with all defaults written out; it may be submitted as it is. Its schema: /v1/schemas/cluster-definition.json. */
            manifest: {
                [key: string]: unknown;
            };
            name: string;
            namespace: string;
            /** @description Release of the runtime that the machines bring along; absent where there is none, or the pools’ own images have it. */
            runtimeVersion?: string;
            /** @description What is allowed and probably not meant. */
            warnings: components["schemas"]["ProblemEntry"][];
        };
        /** @description A job that waits. */
        WaitingJob: {
            /** @description Its priority band now, ageing included. */
            band: number;
            /** @description Why it waits, for programs. */
            code: string;
            /**
             * Format: date-time
             * @description It is held back for capacity, and ends as NO_CAPACITY then if there is none before.
             */
            givenUpAt?: string;
            gpus: number;
            /** @description Id of the job: a lower-case ULID. */
            jobId: string;
            /** @description Why it waits, for people. */
            message: string;
            namespace: string;
            nodes: number;
            priority: number;
            /**
             * Format: date-time
             * @description ISO 8601 in UTC.
             */
            startsBy?: string;
            /**
             * Format: date-time
             * @description ISO 8601 in UTC.
             */
            submittedAt: string;
            user: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listAudit: {
        parameters: {
            query?: {
                /** @description The cursor of the page before. */
                cursor?: string;
                /** @description How many entries, 1 to 100. */
                limit?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditPage"];
                };
            };
            /** @description The request cannot be read; errors says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed, or not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests: come back after Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description AWS asks to slow down: come back after Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getCapacity: {
        parameters: {
            query?: {
                /** @description Also show these types, at most 20, separated by commas: where each could be had, and at what price. */
                instanceType?: string;
                /** @description Only these zones, separated by commas. */
                zone?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What is known now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Capacity"];
                };
            };
            /** @description The request cannot be read; errors says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed, or not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests: come back after Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description AWS asks to slow down: come back after Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listJobs: {
        parameters: {
            query?: {
                /** @description The cursor of the page before. */
                cursor?: string;
                label?: string;
                /** @description How many entries, 1 to 100. */
                limit?: string;
                /** @description Only jobs with this outcome. */
                outcome?: "SUCCEEDED" | "FAILED" | "CANCELLED" | "TIMED_OUT" | "NO_CAPACITY" | "INTERRUPTED";
                /** @description Only jobs in this state. */
                state?: "PENDING" | "ACQUIRING_CAPACITY" | "PROVISIONING_FAILED" | "CONFIGURING" | "CONFIGURATION_FAILED" | "RUNNING" | "RUN_FAILED" | "SUCCEEDED" | "POST_RUN" | "POST_RUN_FAILED" | "DESTROYING" | "DESTRUCTION_FAILED" | "DONE";
                /** @description Only this user’s jobs. */
                user?: string;
            };
            header?: never;
            path: {
                /** @description The namespace. */
                namespace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Jobs, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobPage"];
                };
            };
            /** @description The request cannot be read; errors says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed, or not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests: come back after Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description AWS asks to slow down: come back after Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    submitJob: {
        parameters: {
            query?: {
                /** @description Only show the plan and its cost. */
                dryRun?: "true" | "false";
            };
            header?: {
                /** @description The same key with the same request makes one job; honoured for 24 hours. */
                "idempotency-key"?: string;
            };
            path: {
                /** @description The namespace. */
                namespace: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Submission"] | components["schemas"]["ClusterDefinition"];
                "application/yaml": components["schemas"]["ClusterDefinition"];
            };
        };
        responses: {
            /** @description The job that this idempotency key made before; or, of a dry run, the plan. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubmittedJob"] | components["schemas"]["DryRun"];
                };
            };
            /** @description The new job. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SubmittedJob"];
                };
            };
            /** @description The request cannot be read; errors says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed, or not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such job or manifest in this namespace. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has more than 300 KiB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The document is not acceptable; errors has every problem with its place. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests: come back after Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description AWS asks to slow down: come back after Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the job: a lower-case ULID. */
                jobId: string;
                /** @description The namespace. */
                namespace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The job. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["JobDetail"];
                };
            };
            /** @description The request cannot be read; errors says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed, or not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such job or manifest in this namespace. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not possible in the job’s state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests: come back after Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description AWS asks to slow down: come back after Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    setPriority: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the job: a lower-case ULID. */
                jobId: string;
                /** @description The namespace. */
                namespace: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PriorityChange"];
            };
        };
        responses: {
            /** @description The job as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description The request cannot be read; errors says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed, or not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such job or manifest in this namespace. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not possible in the job’s state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has more than 300 KiB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests: come back after Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description AWS asks to slow down: come back after Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancelJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the job: a lower-case ULID. */
                jobId: string;
                /** @description The namespace. */
                namespace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is being cancelled, or it was before. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description The request cannot be read; errors says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed, or not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such job or manifest in this namespace. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not possible in the job’s state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests: come back after Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description AWS asks to slow down: come back after Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    diagnoseJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the job: a lower-case ULID. */
                jobId: string;
                /** @description The namespace. */
                namespace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The cause, its evidence and what can be done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Diagnosis"];
                };
            };
            /** @description The request cannot be read; errors says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed, or not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such job or manifest in this namespace. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not possible in the job’s state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests: come back after Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description AWS asks to slow down: come back after Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listEvents: {
        parameters: {
            query?: {
                /** @description The cursor of the page before. */
                cursor?: string;
                /** @description How many entries, 1 to 100. */
                limit?: string;
            };
            header?: never;
            path: {
                /** @description Id of the job: a lower-case ULID. */
                jobId: string;
                /** @description The namespace. */
                namespace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its history, oldest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventPage"];
                };
            };
            /** @description The request cannot be read; errors says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed, or not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such job or manifest in this namespace. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not possible in the job’s state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests: come back after Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description AWS asks to slow down: come back after Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    explainJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the job: a lower-case ULID. */
                jobId: string;
                /** @description The namespace. */
                namespace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Where it is and why. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Explanation"];
                };
            };
            /** @description The request cannot be read; errors says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed, or not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such job or manifest in this namespace. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not possible in the job’s state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests: come back after Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description AWS asks to slow down: come back after Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readLogs: {
        parameters: {
            query?: {
                /** @description Only this attempt; all where none is named. */
                attempt?: string;
                /** @description The cursor of the page before. */
                cursor?: string;
                /** @description How many entries, 1 to 10000. */
                limit?: string;
                /** @description Only this node. */
                node?: string;
                /** @description Only lines from this time on. */
                since?: string;
                /** @description Only this step. */
                step?: string;
            };
            header?: never;
            path: {
                /** @description Id of the job: a lower-case ULID. */
                jobId: string;
                /** @description The namespace. */
                namespace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Lines, oldest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LogPage"];
                };
            };
            /** @description The request cannot be read; errors says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed, or not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such job or manifest in this namespace. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not possible in the job’s state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests: come back after Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description AWS asks to slow down: come back after Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    releaseJob: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Id of the job: a lower-case ULID. */
                jobId: string;
                /** @description The namespace. */
                namespace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is being released, or it was before. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Job"];
                };
            };
            /** @description The request cannot be read; errors says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed, or not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such job or manifest in this namespace. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not possible in the job’s state. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests: come back after Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description AWS asks to slow down: come back after Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listManifests: {
        parameters: {
            query?: {
                /** @description The cursor of the page before. */
                cursor?: string;
                /** @description How many entries, 1 to 100. */
                limit?: string;
            };
            header?: never;
            path: {
                /** @description The namespace. */
                namespace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Manifests with their latest version. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ManifestPage"];
                };
            };
            /** @description The request cannot be read; errors says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed, or not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests: come back after Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description AWS asks to slow down: come back after Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getManifest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Name of the manifest. */
                name: string;
                /** @description The namespace. */
                namespace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The latest version. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ManifestVersionDetail"];
                };
            };
            /** @description The request cannot be read; errors says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed, or not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such job or manifest in this namespace. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests: come back after Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description AWS asks to slow down: come back after Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putManifest: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Name of the manifest. */
                name: string;
                /** @description The namespace. */
                namespace: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ClusterDefinition"];
                "application/yaml": components["schemas"]["ClusterDefinition"];
            };
        };
        responses: {
            /** @description The version that it is already. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ManifestVersionDetail"];
                };
            };
            /** @description The new version. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ManifestVersionDetail"];
                };
            };
            /** @description The request cannot be read; errors says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed, or not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such job or manifest in this namespace. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has more than 300 KiB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The document is not acceptable; errors has every problem with its place. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests: come back after Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description AWS asks to slow down: come back after Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listManifestVersions: {
        parameters: {
            query?: {
                /** @description The cursor of the page before. */
                cursor?: string;
                /** @description How many entries, 1 to 100. */
                limit?: string;
            };
            header?: never;
            path: {
                /** @description Name of the manifest. */
                name: string;
                /** @description The namespace. */
                namespace: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Versions, newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ManifestVersionPage"];
                };
            };
            /** @description The request cannot be read; errors says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed, or not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such job or manifest in this namespace. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests: come back after Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description AWS asks to slow down: come back after Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getManifestVersion: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Name of the manifest. */
                name: string;
                /** @description The namespace. */
                namespace: string;
                /** @description Version of the manifest, from 1. */
                version: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The version. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ManifestVersionDetail"];
                };
            };
            /** @description The request cannot be read; errors says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed, or not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such job or manifest in this namespace. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests: come back after Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description AWS asks to slow down: come back after Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getOpenApi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OpenAPI 3.1. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The request cannot be read; errors says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed, or not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests: come back after Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description AWS asks to slow down: come back after Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getQueue: {
        parameters: {
            query?: {
                /** @description How many waiting jobs to list, 0 to 100. */
                limit?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The queue as the scheduler sees it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Queue"];
                };
            };
            /** @description The request cannot be read; errors says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed, or not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests: come back after Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description AWS asks to slow down: come back after Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    pauseQueue: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PauseRequest"];
            };
        };
        responses: {
            /** @description It is held back. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PauseInForce"];
                };
            };
            /** @description The request cannot be read; errors says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed, or not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has more than 300 KiB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests: come back after Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description AWS asks to slow down: come back after Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    recountQueue: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Recount"];
            };
        };
        responses: {
            /** @description Where counters were wrong. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Recounted"];
                };
            };
            /** @description The request cannot be read; errors says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed, or not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The scheduler is at work. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has more than 300 KiB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests: come back after Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description AWS asks to slow down: come back after Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resumeQueue: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PauseRequest"];
            };
        };
        responses: {
            /** @description It goes on. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Resumed"];
                };
            };
            /** @description The request cannot be read; errors says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed, or not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has more than 300 KiB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests: come back after Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description AWS asks to slow down: come back after Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getManifestSchema: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description JSON Schema, draft 2020-12. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The request cannot be read; errors says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed, or not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests: come back after Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description AWS asks to slow down: come back after Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getShares: {
        parameters: {
            query?: {
                version?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The shares in force, or the version that was asked for. ETag is the version. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Shares"];
                };
            };
            /** @description The request cannot be read; errors says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed, or not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description There is no such version. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests: come back after Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description AWS asks to slow down: come back after Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    putShares: {
        parameters: {
            query?: {
                comment?: string;
                /** @description Only show what would change. */
                dryRun?: "true" | "false";
            };
            header?: {
                "if-match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ShareDocument"];
                "application/yaml": components["schemas"]["ShareDocument"];
            };
        };
        responses: {
            /** @description A dry run; or nothing changes, and the shares keep their version. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppliedShares"];
                };
            };
            /** @description They are in force, in a new version. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AppliedShares"];
                };
            };
            /** @description The request cannot be read; errors says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed, or not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Another version is in force than the caller has seen. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has more than 300 KiB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The document is not acceptable; errors has every problem with its place. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests: come back after Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description AWS asks to slow down: come back after Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    validateManifest: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ClusterDefinition"];
                "application/yaml": components["schemas"]["ClusterDefinition"];
            };
        };
        responses: {
            /** @description It is acceptable. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Validation"];
                };
            };
            /** @description The request cannot be read; errors says where. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not signed, or not allowed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The body has more than 300 KiB. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The document is not acceptable; errors has every problem with its place. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too many requests: come back after Retry-After. */
            429: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description AWS asks to slow down: come back after Retry-After. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
