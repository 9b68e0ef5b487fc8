PRAGMA application_id = 1397771075;
PRAGMA user_version = 3;
CREATE TABLE kv (
     namespace TEXT NOT NULL,
     key TEXT NOT NULL,
     value TEXT NOT NULL,
     PRIMARY KEY (namespace, key)
   ) STRICT, WITHOUT ROWID;
CREATE TABLE jobs (
     seq INTEGER PRIMARY KEY AUTOINCREMENT,
     id TEXT NOT NULL UNIQUE,
     service TEXT NOT NULL,
     kind TEXT NOT NULL,
     name TEXT NOT NULL,
     title TEXT NOT NULL,
     input TEXT NOT NULL,
     join_key TEXT,
     holds TEXT NOT NULL,
     state TEXT NOT NULL,
     phases TEXT NOT NULL,
     percent REAL,
     result TEXT,
     error TEXT,
     created_at INTEGER NOT NULL,
     started_at INTEGER,
     cancelled_at INTEGER,
     ended_at INTEGER
   , lease TEXT) STRICT;
CREATE INDEX jobs_by_state ON jobs (state, seq);
CREATE INDEX jobs_by_service ON jobs (service, seq);
CREATE TABLE job_steps (
     job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
     name TEXT NOT NULL,
     attempt INTEGER NOT NULL,
     is_done INTEGER NOT NULL,
     result TEXT,
     PRIMARY KEY (job, name)
   ) STRICT, WITHOUT ROWID;
CREATE TABLE job_lines (
     job TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
     n INTEGER NOT NULL,
     text TEXT NOT NULL,
     PRIMARY KEY (job, n)
   ) STRICT, WITHOUT ROWID;
CREATE TABLE idempotency (
     route TEXT NOT NULL,
     key TEXT NOT NULL,
     digest TEXT NOT NULL,
     answer TEXT NOT NULL,
     at INTEGER NOT NULL,
     PRIMARY KEY (route, key)
   ) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_by_age ON idempotency (at);
CREATE TABLE connectivity (
     seq INTEGER PRIMARY KEY AUTOINCREMENT,
     subject TEXT NOT NULL,
     at INTEGER NOT NULL,
     from_state TEXT NOT NULL,
     to_state TEXT NOT NULL,
     reason TEXT
   ) STRICT;
CREATE INDEX connectivity_by_subject ON connectivity (subject, at);
CREATE INDEX connectivity_by_age ON connectivity (at);
CREATE TABLE leases (
     fence INTEGER PRIMARY KEY AUTOINCREMENT,
     resource TEXT NOT NULL,
     owner TEXT NOT NULL,
     reason TEXT,
     token_hash BLOB NOT NULL UNIQUE,
     ttl_ms INTEGER NOT NULL,
     acquired_at INTEGER NOT NULL,
     renewed_at INTEGER NOT NULL,
     expires_at INTEGER NOT NULL,
     ended_at INTEGER,
     ended_how TEXT,
     ended_by TEXT
   ) STRICT;
CREATE INDEX leases_active ON leases (fence) WHERE ended_at IS NULL;
CREATE TABLE audit (
     seq INTEGER PRIMARY KEY AUTOINCREMENT,
     at INTEGER NOT NULL,
     address TEXT,
     token TEXT,
     action TEXT NOT NULL,
     title TEXT NOT NULL,
     outcome TEXT NOT NULL,
     code TEXT,
     message TEXT,
     job TEXT,
     owner TEXT,
     fence INTEGER
   ) STRICT;
CREATE INDEX audit_by_time ON audit (at);
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit
     BEGIN SELECT RAISE(ABORT, 'the audit log is only ever added to'); END;
CREATE TABLE schedules (
     id TEXT PRIMARY KEY,
     seq INTEGER NOT NULL,
     value TEXT NOT NULL
   ) STRICT, WITHOUT ROWID;
CREATE TABLE deliveries (
     seq INTEGER PRIMARY KEY AUTOINCREMENT,
     event TEXT NOT NULL,
     webhook TEXT NOT NULL,
     name TEXT NOT NULL,
     subject TEXT NOT NULL,
     data TEXT NOT NULL,
     happened_at INTEGER NOT NULL,
     state TEXT NOT NULL,
     attempts INTEGER NOT NULL,
     first_at INTEGER NOT NULL,
     due_at INTEGER NOT NULL,
     ended_at INTEGER,
     status INTEGER,
     error TEXT,
     UNIQUE (event, webhook)
   ) STRICT;
CREATE INDEX deliveries_by_due ON deliveries (webhook, state, due_at, seq);
INSERT INTO kv (namespace, key, value) VALUES ('connectivity', 'alive', '1795894365838');
INSERT INTO kv (namespace, key, value) VALUES ('kind/vllm', 'scan:spark-1', '{"host":"spark-1","scannedAt":1795894436618,"error":null,"warning":null,"hubPath":"/tmp/integration-7U1swS/sandbox/spark-1/home/.cache/huggingface/hub","memoryBytes":130663642112,"gpuMemoryBytes":null,"gpuCount":0,"disk":{"totalBytes":3936777928704,"freeBytes":3383567924224},"models":[{"key":"Qwen--Qwen3-Coder-Next-FP8","repo":"Qwen/Qwen3-Coder-Next-FP8","source":"hf-cache","revision":"4a2e7274126e2509908f5f96507a308ba3ee76f7","state":"partial","reason":"23 of 40 weight files are missing","sizeBytes":35716670880,"weightBytes":34864397011,"lastUsedAtS":1795894290,"facts":{"modelType":"qwen3_next","architecture":"Qwen3NextForCausalLM","contextLimit":262144,"quantization":"fp8-block","quantizationBecause":"as quantization_config says: fp8","hasFp8Cache":false,"isMoe":true,"capabilities":["chat"],"heads":16,"layout":{"groups":[{"count":36,"kind":"gdn","convWidth":8192,"convKernel":4,"stateElements":524288,"stateElementBytes":2},{"count":12,"kind":"full","kvHeads":2,"keyDim":256,"valueDim":256}],"from":"full_attention_interval"},"cacheBytesPerToken":12288,"parameters":79422423040,"estimatedWeightBytes":80044752896,"markers":["template","tool_call","function","think","enable_thinking"]}},{"key":"Qwen--Qwen3.6-35B-A3B-FP8","repo":"Qwen/Qwen3.6-35B-A3B-FP8","source":"hf-cache","revision":"9970ea318a501132c36eed6bf7b14f8b0ac19442","state":"ready","sizeBytes":37699764420,"weightBytes":37688338016,"lastUsedAtS":1795894290,"facts":{"modelType":"qwen3_5_moe","architecture":"Qwen3_5MoeForConditionalGeneration","contextLimit":262144,"quantization":"fp8-block","quantizationBecause":"as quantization_config says: fp8","hasFp8Cache":false,"isMoe":true,"capabilities":["chat","vision"],"heads":16,"layout":{"groups":[{"count":30,"kind":"gdn","convWidth":8192,"convKernel":4,"stateElements":524288,"stateElementBytes":4},{"count":10,"kind":"full","kvHeads":2,"keyDim":256,"valueDim":256}],"from":"layer_types"},"cacheBytesPerToken":10240,"parameters":34576465920,"estimatedWeightBytes":35593584640,"markers":["template","tool_call","function","think","enable_thinking"]}},{"key":"fjordlight--Skald-14B-Instruct","repo":"fjordlight/Skald-14B-Instruct","source":"hf-cache","revision":"c955498689b37faddf395e5c273b40078d90a921","state":"ready","sizeBytes":29539324118,"weightBytes":29527900158,"lastUsedAtS":1795894290,"facts":{"modelType":"qwen3","architecture":"Qwen3ForCausalLM","contextLimit":40960,"quantization":"none","quantizationBecause":"no quantization is named","hasFp8Cache":false,"isMoe":false,"capabilities":["chat"],"heads":40,"layout":{"groups":[{"count":40,"kind":"full","kvHeads":8,"keyDim":128,"valueDim":128}],"from":"num_hidden_layers"},"cacheBytesPerToken":81920,"parameters":14767882240,"estimatedWeightBytes":29535764480,"markers":["template","tool_call","think","enable_thinking"]}},{"key":"fjordlight--Skald-14B-Instruct-GGUF","repo":"fjordlight/Skald-14B-Instruct-GGUF","source":"hf-cache","revision":"c4ccae941983e4f53d81928d0f51acfdbb4b7617","state":"unsupported","reason":"has GGUF weights only","sizeBytes":9019431401,"weightBytes":0,"lastUsedAtS":1795894283,"facts":null},{"key":"nvidia--Gemma-4-26B-A4B-NVFP4","repo":"nvidia/Gemma-4-26B-A4B-NVFP4","source":"hf-cache","revision":"e290a67e02a85a34af60396a6586ddfb31a85406","state":"ready","sizeBytes":16869171834,"weightBytes":16857746636,"lastUsedAtS":1795894290,"facts":{"modelType":"gemma4","architecture":"Gemma4ForConditionalGeneration","contextLimit":262144,"quantization":"nvfp4","quantizationBecause":"as quantization_config says: modelopt NVFP4","hasFp8Cache":true,"isMoe":true,"capabilities":["chat","vision"],"heads":16,"layout":{"groups":[{"count":25,"kind":"window","window":1024,"kvHeads":8,"keyDim":256,"valueDim":256},{"count":5,"kind":"full","kvHeads":2,"keyDim":512,"valueDim":512}],"from":"layer_types"},"cacheBytesPerToken":10240,"parameters":25232441344,"estimatedWeightBytes":16850290688,"markers":["template","enable_thinking"]}},{"key":"nvidia--Qwen3-235B-A22B-NVFP4","repo":"nvidia/Qwen3-235B-A22B-NVFP4","source":"hf-cache","revision":"d423c3ce5ad98a32ee87d395ca675a5b83d90fcf","state":"ready","sizeBytes":134014405185,"weightBytes":134002979630,"lastUsedAtS":1795894290,"facts":{"modelType":"qwen3_moe","architecture":"Qwen3MoeForCausalLM","contextLimit":40960,"quantization":"nvfp4","quantizationBecause":"as quantization_config says: modelopt NVFP4","hasFp8Cache":true,"isMoe":true,"capabilities":["chat"],"heads":64,"layout":{"groups":[{"count":94,"kind":"full","kvHeads":4,"keyDim":128,"valueDim":128}],"from":"num_hidden_layers"},"cacheBytesPerToken":96256,"parameters":235092836352,"estimatedWeightBytes":134028918784,"markers":["template","tool_call","think","enable_thinking"]}},{"key":"openai--gpt-oss-120b","repo":"openai/gpt-oss-120b","source":"hf-cache","revision":"15ae0e1fd6e22e5e9928599c371edacfefe4fb4d","state":"ready","sizeBytes":195861934161,"weightBytes":65283502890,"lastUsedAtS":1795894290,"facts":{"modelType":"gpt_oss","architecture":"GptOssForCausalLM","contextLimit":131072,"quantization":"mxfp4","quantizationBecause":"as quantization_config says: mxfp4","hasFp8Cache":false,"isMoe":true,"capabilities":["chat"],"heads":64,"layout":{"groups":[{"count":18,"kind":"window","window":128,"kvHeads":8,"keyDim":64,"valueDim":64},{"count":18,"kind":"full","kvHeads":8,"keyDim":64,"valueDim":64}],"from":"layer_types"},"cacheBytesPerToken":18432,"parameters":116788838400,"estimatedWeightBytes":65148687360,"markers":["template","channel"]}}]}');
INSERT INTO kv (namespace, key, value) VALUES ('kind/vllm', 'scan:spark-2', '{"host":"spark-2","scannedAt":1795894436618,"error":null,"warning":null,"hubPath":"/tmp/integration-7U1swS/sandbox/spark-2/home/.cache/huggingface/hub","memoryBytes":130663642112,"gpuMemoryBytes":null,"gpuCount":0,"disk":{"totalBytes":3936777928704,"freeBytes":3686207464448},"models":[{"key":"Qwen--Qwen3-4B-FP8","repo":"Qwen/Qwen3-4B-FP8","source":"hf-cache","revision":"274868a65ab205286bacc4150779e8c31689e22b","state":"ready","sizeBytes":5197596658,"weightBytes":5186173010,"lastUsedAtS":1795894291,"facts":{"modelType":"qwen3","architecture":"Qwen3ForCausalLM","contextLimit":40960,"quantization":"fp8-block","quantizationBecause":"as quantization_config says: fp8","hasFp8Cache":false,"isMoe":false,"capabilities":["chat"],"heads":32,"layout":{"groups":[{"count":36,"kind":"full","kvHeads":8,"keyDim":128,"valueDim":128}],"from":"num_hidden_layers"},"cacheBytesPerToken":73728,"parameters":4022272000,"estimatedWeightBytes":4411228160,"markers":["template","tool_call","think","enable_thinking"]}},{"key":"nvidia--Gemma-4-26B-A4B-NVFP4","repo":"nvidia/Gemma-4-26B-A4B-NVFP4","source":"hf-cache","revision":"e290a67e02a85a34af60396a6586ddfb31a85406","state":"ready","sizeBytes":16869171834,"weightBytes":16857746636,"lastUsedAtS":1795894291,"facts":{"modelType":"gemma4","architecture":"Gemma4ForConditionalGeneration","contextLimit":262144,"quantization":"nvfp4","quantizationBecause":"as quantization_config says: modelopt NVFP4","hasFp8Cache":true,"isMoe":true,"capabilities":["chat","vision"],"heads":16,"layout":{"groups":[{"count":25,"kind":"window","window":1024,"kvHeads":8,"keyDim":256,"valueDim":256},{"count":5,"kind":"full","kvHeads":2,"keyDim":512,"valueDim":512}],"from":"layer_types"},"cacheBytesPerToken":10240,"parameters":25232441344,"estimatedWeightBytes":16850290688,"markers":["template","enable_thinking"]}},{"key":"nvidia--Qwen3-235B-A22B-NVFP4","repo":"nvidia/Qwen3-235B-A22B-NVFP4","source":"hf-cache","revision":"d423c3ce5ad98a32ee87d395ca675a5b83d90fcf","state":"ready","sizeBytes":134014405185,"weightBytes":134002979630,"lastUsedAtS":1795894291,"facts":{"modelType":"qwen3_moe","architecture":"Qwen3MoeForCausalLM","contextLimit":40960,"quantization":"nvfp4","quantizationBecause":"as quantization_config says: modelopt NVFP4","hasFp8Cache":true,"isMoe":true,"capabilities":["chat"],"heads":64,"layout":{"groups":[{"count":94,"kind":"full","kvHeads":4,"keyDim":128,"valueDim":128}],"from":"num_hidden_layers"},"cacheBytesPerToken":96256,"parameters":235092836352,"estimatedWeightBytes":134028918784,"markers":["template","tool_call","think","enable_thinking"]}}]}');
INSERT INTO kv (namespace, key, value) VALUES ('service/llm', 'launched', '{"spark-1":"e371a7559d7e0a58faa9f1acd3578760e5adb36ed11a219fe3bca08fb628dbc2"}');
INSERT INTO kv (namespace, key, value) VALUES ('service/llm', 'load:nvidia/Gemma-4-26B-A4B-NVFP4', '{"seconds":9,"loadedAt":"2026-11-28T19:33:50.918Z","footprintBytes":{"spark-1":91464549376}}');
INSERT INTO kv (namespace, key, value) VALUES ('service/llm', 'self-check', '{"checked_at":"2026-11-28T19:33:55.678Z","model":"nvidia/Gemma-4-26B-A4B-NVFP4","answered":true,"text":"This is a simulated model: the sandbox of Spark Control stands in for nvidia/Gemma-4-26B-A4B-NVFP4, and no GPU is at work. You wrote: “Answer with one","seconds":0.7,"tool_call":{"passed":true,"text":"get_weather({\"city\":\"Use\"})"}}');
INSERT INTO kv (namespace, key, value) VALUES ('service/llm', 'served', 'null');
INSERT INTO kv (namespace, key, value) VALUES ('service/llm-2', 'served', '{"models":["Qwen/Qwen3-4B-FP8"],"root":"Qwen/Qwen3-4B-FP8","maxModelLen":16384,"seenAt":"2026-11-28T19:32:57.248Z","since":"2026-11-28T19:32:57.248Z","containers":{}}');
INSERT INTO kv (namespace, key, value) VALUES ('service/redaction', 'key-id', '"42800c360af3b9f220ed5c9ad2054b64cac885f6a8a0955a2211d9d955a550bc"');
INSERT INTO jobs (seq, id, service, kind, name, title, input, join_key, holds, state, phases, percent, result, error, created_at, started_at, cancelled_at, ended_at, lease) VALUES (1, '09e3a1f84a446021', 'llm', 'vllm', 'swap', 'Load Gemma 4 26B', '{"model":"nvidia/Gemma-4-26B-A4B-NVFP4","title":"Gemma 4 26B","previous_model":"Qwen/Qwen3.6-35B-A3B-FP8","nodes":["spark-1"],"stop_nodes":["spark-1","spark-2"],"has_tools":true,"drain_s":0,"launch":{"launcher":"launch-cluster","hfHome":null,"modelFolder":null,"container":"vllm_node","image":"vllm-node","volumes":[],"env":{},"launcherDir":"~/spark-vllm-docker","addresses":["192.168.177.11"],"mods":[],"serve":["nvidia/Gemma-4-26B-A4B-NVFP4","--served-model-name","nvidia/Gemma-4-26B-A4B-NVFP4","--host","0.0.0.0","--port","26146","-tp","1","--max-model-len","131072","--gpu-memory-utilization","0.7","--kv-cache-dtype","fp8","--load-format","instanttensor","--enable-auto-tool-choice","--tool-call-parser","gemma4","--reasoning-parser","gemma4"]}}', 'swap:nvidia/Gemma-4-26B-A4B-NVFP4', '["llm","gpu:spark-1","model:nvidia--Gemma-4-26B-A4B-NVFP4:llm"]', 'succeeded', '[{"name":"checking","startedAt":1795894396048,"endedAt":1795894404228},{"name":"letting requests finish","startedAt":1795894404228,"endedAt":1795894404298},{"name":"stopping","startedAt":1795894404298,"endedAt":1795894418288},{"name":"starting","startedAt":1795894418288,"endedAt":1795894434908},{"name":"checking the answer","startedAt":1795894434908,"endedAt":1795894435898}]', 100, '{"model":"nvidia/Gemma-4-26B-A4B-NVFP4","seconds":9,"cut":0,"self_check":{"checked_at":"2026-11-28T19:33:55.678Z","model":"nvidia/Gemma-4-26B-A4B-NVFP4","answered":true,"text":"This is a simulated model: the sandbox of Spark Control stands in for nvidia/Gemma-4-26B-A4B-NVFP4, and no GPU is at work. You wrote: “Answer with one","seconds":0.7,"tool_call":{"passed":true,"text":"get_weather({\"city\":\"Use\"})"}}}', NULL, 1795894396018, 1795894396028, NULL, 1795894435898, '{"fence":1,"owner":"nightly"}');
INSERT INTO jobs (seq, id, service, kind, name, title, input, join_key, holds, state, phases, percent, result, error, created_at, started_at, cancelled_at, ended_at, lease) VALUES (2, '78b844ca6ce01f35', 'llm', 'vllm', 'swap', 'Load Qwen3.6 35B', '{"model":"Qwen/Qwen3.6-35B-A3B-FP8","title":"Qwen3.6 35B","previous_model":"nvidia/Gemma-4-26B-A4B-NVFP4","nodes":["spark-1"],"stop_nodes":["spark-1","spark-2"],"has_tools":true,"drain_s":0,"launch":{"launcher":"launch-cluster","hfHome":null,"modelFolder":null,"container":"vllm_node","image":"vllm-node","volumes":[],"env":{},"launcherDir":"~/spark-vllm-docker","addresses":["192.168.177.11"],"mods":[],"serve":["Qwen/Qwen3.6-35B-A3B-FP8","--served-model-name","Qwen/Qwen3.6-35B-A3B-FP8","--host","0.0.0.0","--port","26146","-tp","1","--max-model-len","262144","--gpu-memory-utilization","0.8","--kv-cache-dtype","fp8","--enable-auto-tool-choice","--tool-call-parser","qwen3_xml","--reasoning-parser","qwen3","--enable-prefix-caching","--max-num-batched-tokens","16384"]}}', 'swap:Qwen/Qwen3.6-35B-A3B-FP8', '["llm","gpu:spark-1","model:Qwen--Qwen3.6-35B-A3B-FP8:llm"]', 'running', '[{"name":"checking","startedAt":1795894441518,"endedAt":1795894448538},{"name":"letting requests finish","startedAt":1795894448538,"endedAt":1795894448558},{"name":"stopping","startedAt":1795894448558,"endedAt":1795894462518},{"name":"starting","startedAt":1795894462518,"endedAt":1795894476408},{"name":"starting engine","startedAt":1795894476408,"endedAt":1795894476418},{"name":"loading weights","startedAt":1795894476418,"endedAt":null}]', NULL, NULL, NULL, 1795894441498, 1795894441508, NULL, NULL, '{"fence":1,"owner":"nightly"}');
INSERT INTO job_steps (job, name, attempt, is_done, result) VALUES ('78b844ca6ce01f35', 'check', 1, 1, NULL);
INSERT INTO job_steps (job, name, attempt, is_done, result) VALUES ('78b844ca6ce01f35', 'drain', 1, 1, '0');
INSERT INTO job_steps (job, name, attempt, is_done, result) VALUES ('78b844ca6ce01f35', 'launch', 1, 1, '{"containers":{"spark-1":"e371a7559d7e0a58faa9f1acd3578760e5adb36ed11a219fe3bca08fb628dbc2"},"isAdopted":false}');
INSERT INTO job_steps (job, name, attempt, is_done, result) VALUES ('78b844ca6ce01f35', 'load', 1, 0, NULL);
INSERT INTO job_steps (job, name, attempt, is_done, result) VALUES ('78b844ca6ce01f35', 'measure', 1, 1, '{"availableBytes":{"spark-1":127012920320},"startedAt":1795894464378}');
INSERT INTO job_steps (job, name, attempt, is_done, result) VALUES ('78b844ca6ce01f35', 'stop', 1, 1, '{"stopped":["spark-1"],"freedBytes":{"spark-1":91464549376},"withheld":[]}');
INSERT INTO job_lines (job, n, text) VALUES ('09e3a1f84a446021', 0, 'spark-1: docker stop -t 15 vllm_node');
INSERT INTO job_lines (job, n, text) VALUES ('09e3a1f84a446021', 1, 'stopped on spark-1');
INSERT INTO job_lines (job, n, text) VALUES ('09e3a1f84a446021', 2, 'memory is back: 91 GB on spark-1');
INSERT INTO job_lines (job, n, text) VALUES ('09e3a1f84a446021', 3, 'Solo mode enabled. Skipping node detection.');
INSERT INTO job_lines (job, n, text) VALUES ('09e3a1f84a446021', 4, 'Head Node: 127.0.0.1');
INSERT INTO job_lines (job, n, text) VALUES ('09e3a1f84a446021', 5, 'Worker Nodes: ');
INSERT INTO job_lines (job, n, text) VALUES ('09e3a1f84a446021', 6, 'Container Name: vllm_node');
INSERT INTO job_lines (job, n, text) VALUES ('09e3a1f84a446021', 7, 'Image Name: vllm-node');
INSERT INTO job_lines (job, n, text) VALUES ('09e3a1f84a446021', 8, 'Action: exec');
INSERT INTO job_lines (job, n, text) VALUES ('09e3a1f84a446021', 9, 'Starting Head Node on 127.0.0.1...');
INSERT INTO job_lines (job, n, text) VALUES ('09e3a1f84a446021', 10, 'dfc735b47edfc216e5faebff6563c06c0e3c56170d1d23d093b2a2d317f2c832');
INSERT INTO job_lines (job, n, text) VALUES ('09e3a1f84a446021', 11, 'Executing command: vllm serve nvidia/Gemma-4-26B-A4B-NVFP4 --served-model-name nvidia/Gemma-4-26B-A4B-NVFP4 --host 0.0.0.0 --port 26146 -tp 1 --max-model-len 131072 --gpu-memory-utilization 0.7 --kv-cache-dtype fp8 --load-format instanttensor --enable-auto-tool-choice --tool-call-parser gemma4 --reasoning-parser gemma4 ');
INSERT INTO idempotency (route, key, digest, answer, at) VALUES ('POST /api/swap', 'kept', 'mzmiIK50Cz-KBAfhocoVB0ey7IWGPL0Y4lETGjU8n7M', '{"status":202,"value":{"job":{"id":"09e3a1f84a446021","title":"Load Gemma 4 26B","kind":"vllm.swap","service":"llm","state":"queued","phase":null,"percent":null,"phases":[],"input":{"model":"nvidia/Gemma-4-26B-A4B-NVFP4","title":"Gemma 4 26B","previous_model":"Qwen/Qwen3.6-35B-A3B-FP8","nodes":["spark-1"],"stop_nodes":["spark-1","spark-2"],"has_tools":true,"drain_s":0,"launch":{"launcher":"launch-cluster","hfHome":null,"modelFolder":null,"container":"vllm_node","image":"vllm-node","volumes":[],"env":{},"launcherDir":"~/spark-vllm-docker","addresses":["192.168.177.11"],"mods":[],"serve":["nvidia/Gemma-4-26B-A4B-NVFP4","--served-model-name","nvidia/Gemma-4-26B-A4B-NVFP4","--host","0.0.0.0","--port","26146","-tp","1","--max-model-len","131072","--gpu-memory-utilization","0.7","--kv-cache-dtype","fp8","--load-format","instanttensor","--enable-auto-tool-choice","--tool-call-parser","gemma4","--reasoning-parser","gemma4"]}},"result":null,"created_at":"2026-11-28T19:33:16.018Z","started_at":null,"ended_at":null,"lease":{"fence":1,"owner":"nightly"}},"unchanged":false},"headers":{"Location":"/api/jobs/09e3a1f84a446021"}}', 1795894396188);
INSERT INTO connectivity (seq, subject, at, from_state, to_state, reason) VALUES (1, 'service:redaction', 1795894373568, 'unknown', 'up', NULL);
INSERT INTO connectivity (seq, subject, at, from_state, to_state, reason) VALUES (2, 'service:asr', 1795894377198, 'unknown', 'up', NULL);
INSERT INTO connectivity (seq, subject, at, from_state, to_state, reason) VALUES (3, 'service:llm-2', 1795894378528, 'unknown', 'up', NULL);
INSERT INTO connectivity (seq, subject, at, from_state, to_state, reason) VALUES (4, 'service:tts', 1795894378658, 'unknown', 'up', NULL);
INSERT INTO connectivity (seq, subject, at, from_state, to_state, reason) VALUES (5, 'host:spark-1', 1795894384018, 'unknown', 'ok', NULL);
INSERT INTO connectivity (seq, subject, at, from_state, to_state, reason) VALUES (6, 'host:spark-2', 1795894384608, 'unknown', 'ok', NULL);
INSERT INTO connectivity (seq, subject, at, from_state, to_state, reason) VALUES (7, 'service:embeddings', 1795894384698, 'unknown', 'up', NULL);
INSERT INTO connectivity (seq, subject, at, from_state, to_state, reason) VALUES (8, 'container:spark-2/vllm_node_2', 1795894385878, 'unknown', 'running', NULL);
INSERT INTO connectivity (seq, subject, at, from_state, to_state, reason) VALUES (9, 'container:spark-2/board', 1795894385888, 'unknown', 'running', NULL);
INSERT INTO connectivity (seq, subject, at, from_state, to_state, reason) VALUES (10, 'container:spark-2/kokoro', 1795894385888, 'unknown', 'running', NULL);
INSERT INTO connectivity (seq, subject, at, from_state, to_state, reason) VALUES (11, 'container:spark-2/bge-m3', 1795894385888, 'unknown', 'running', NULL);
INSERT INTO connectivity (seq, subject, at, from_state, to_state, reason) VALUES (12, 'container:spark-2/reranker', 1795894385888, 'unknown', 'running', NULL);
INSERT INTO leases (fence, resource, owner, reason, token_hash, ttl_ms, acquired_at, renewed_at, expires_at, ended_at, ended_how, ended_by) VALUES (1, 'gpu', 'nightly', 'batch', X'8c80c42cefef7c585303037b0f23b63c86c2b9efd4d2d8829a1f7de0c5afa714', 3600000, 1795894390068, 1795894390068, 1795897990068, NULL, NULL, NULL);
INSERT INTO audit (seq, at, address, token, action, title, outcome, code, message, job, owner, fence) VALUES (1, 1795894390148, '127.0.0.1', NULL, 'POST /api/coordination/lock', 'Reserve every GPU for “nightly”', 'done', NULL, NULL, NULL, 'nightly', 1);
INSERT INTO audit (seq, at, address, token, action, title, outcome, code, message, job, owner, fence) VALUES (2, 1795894390698, '127.0.0.1', NULL, 'POST /api/coordination/schedules', 'Register the need of “nightly”', 'done', NULL, NULL, NULL, NULL, NULL);
INSERT INTO audit (seq, at, address, token, action, title, outcome, code, message, job, owner, fence) VALUES (3, 1795894396108, '127.0.0.1', NULL, 'POST /api/swap', 'Load Gemma 4 26B instead of Qwen3.6 35B', 'started', NULL, NULL, '09e3a1f84a446021', 'nightly', 1);
INSERT INTO audit (seq, at, address, token, action, title, outcome, code, message, job, owner, fence) VALUES (4, 1795894435958, NULL, NULL, 'job', 'Load Gemma 4 26B', 'succeeded', NULL, NULL, '09e3a1f84a446021', 'nightly', 1);
INSERT INTO audit (seq, at, address, token, action, title, outcome, code, message, job, owner, fence) VALUES (5, 1795894441518, '127.0.0.1', NULL, 'POST /api/swap', 'Load Qwen3.6 35B instead of Gemma 4 26B', 'started', NULL, NULL, '78b844ca6ce01f35', 'nightly', 1);
INSERT INTO schedules (id, seq, value) VALUES ('44cba5f5f94e', 1, '{"owner":"nightly","resource":"gpu","cron":"0 3 * * *","duration_s":3600,"time_zone":"Europe/Berlin","id":"44cba5f5f94e","created_at":"2026-11-28T19:33:10.508Z","updated_at":"2026-11-28T19:33:10.508Z"}');
INSERT INTO deliveries (seq, event, webhook, name, subject, data, happened_at, state, attempts, first_at, due_at, ended_at, status, error) VALUES (1, 'msg_uuNazvsF6VNDsmR--UT9kOZ_4FY', 'ops', 'swap_complete', '“Load Gemma 4 26B”', '{"model":"nvidia/Gemma-4-26B-A4B-NVFP4","previous_model":"Qwen/Qwen3.6-35B-A3B-FP8","job_id":"09e3a1f84a446021","service":"llm","owner":"nightly","fence":1,"duration_s":39.87}', 1795894435898, 'waiting', 2, 1795894435898, 1795894461836, NULL, NULL, 'http://127.0.0.1:9 refuses connections.');
