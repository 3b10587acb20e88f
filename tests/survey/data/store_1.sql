BEGIN TRANSACTION;
CREATE TABLE batches (
	id INTEGER NOT NULL, 
	file_sha256 VARCHAR(64) NOT NULL, 
	file_name TEXT NOT NULL, 
	kind VARCHAR(32) NOT NULL, 
	recipe VARCHAR(64) NOT NULL, 
	mapping TEXT NOT NULL, 
	state VARCHAR(8) NOT NULL, 
	rows_done INTEGER NOT NULL, 
	since INTEGER NOT NULL, 
	opened_at VARCHAR(32) NOT NULL, 
	closed_at VARCHAR(32), 
	PRIMARY KEY (id), 
	CONSTRAINT known_state CHECK (state IN ('open', 'sealed', 'empty', 'undone'))
);
INSERT INTO "batches" VALUES(1,'ecc9ea40996ffef5148676158343d0de930fe0ce3ba2f04ca54eeee14b17c573','mot.csv','kobo','6bf8dab7420909dc2811aa8168ef16ce73b3c3c20e02771b103157e9972e00c5','{}','sealed',4,1,'2026-11-24T09:30:00+07:00','2026-11-24T09:30:00+07:00');
INSERT INTO "batches" VALUES(2,'3496e2ea6c1048d8f498cfb05133ad4235e7a5ba260f8a8efb00bdcdad531f76','hai.csv','kobo','9c9e7e7cd2cf57d6a023c0c935b52ce4c44430eada4f4b520fa532a33158e95c','{}','undone',2,3,'2026-11-24T09:30:00+07:00','2026-11-24T09:30:00+07:00');
INSERT INTO "batches" VALUES(3,'ab63b83dee620c86b30c85190d3a081ce2c8afdb9e38615ddb5c52aa82f3b5d1','ba.csv','kobo','e2570c23a87270d71834f7f229a1999f16967d6abb39b500ba0dfcd693e32015','{}','sealed',3,6,'2026-11-24T09:30:00+07:00','2026-11-24T09:30:00+07:00');
CREATE TABLE flags (
	id INTEGER NOT NULL, 
	batch INTEGER NOT NULL, 
	"row" INTEGER, 
	rule TEXT NOT NULL, 
	path TEXT, 
	value TEXT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(batch) REFERENCES batches (id)
);
INSERT INTO "flags" VALUES(1,1,4,'qc_straightline','thai_do','5');
CREATE TABLE journal (
	id INTEGER NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	event VARCHAR(16) NOT NULL, 
	batch INTEGER, 
	detail TEXT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(batch) REFERENCES batches (id)
);
INSERT INTO "journal" VALUES(1,'2026-11-24T09:30:00+07:00','opened',1,'{"file":"mot.csv"}');
INSERT INTO "journal" VALUES(2,'2026-11-24T09:30:00+07:00','sealed',1,'{"accepted":2,"quarantined":2}');
INSERT INTO "journal" VALUES(3,'2026-11-24T09:30:00+07:00','opened',2,'{"file":"hai.csv"}');
INSERT INTO "journal" VALUES(4,'2026-11-24T09:30:00+07:00','sealed',2,'{"accepted":2,"quarantined":0}');
INSERT INTO "journal" VALUES(5,'2026-11-24T09:30:00+07:00','undone',2,'{"rows":2}');
INSERT INTO "journal" VALUES(6,'2026-11-24T09:30:00+07:00','opened',3,'{"file":"ba.csv"}');
INSERT INTO "journal" VALUES(7,'2026-11-24T09:30:00+07:00','sealed',3,'{"accepted":2,"quarantined":0}');
CREATE TABLE quarantine (
	batch INTEGER NOT NULL, 
	"row" INTEGER NOT NULL, 
	line INTEGER NOT NULL, 
	instrument VARCHAR(64) NOT NULL, 
	"key" TEXT NOT NULL, 
	cells TEXT NOT NULL, 
	problems TEXT NOT NULL, 
	PRIMARY KEY (batch, "row"), 
	FOREIGN KEY(batch) REFERENCES batches (id)
);
INSERT INTO "quarantine" VALUES(1,2,3,'nhan_thuc','00000000-0000-4000-8000-000000000002:2b11b9163676382dd9df4103b64d0818','{"__version__":"1","_uuid":"00000000-0000-4000-8000-000000000002","ca_nhan/dia_chi":"Tổ 2","ca_nhan/gioi_tinh":"nam","ca_nhan/nam_sinh":"1899","ca_nhan/tuoi":"74","end":"2026-09-03T09:02:07.000+07:00","kien_thuc/k1":"kb","kien_thuc/nguon":"tv loa","kien_thuc/nguon_khac":"","start":"2026-09-03T08:02:00.000+07:00","thai_do/a1":"3","thai_do/a2":"4","thai_do/a3":"4","today":"2026-09-03","trai_nghiem/ngay":"","trai_nghiem/tranh_chap":"khong"}','[{"hint":null,"path":"ca_nhan/nam_sinh","rule":"constraint","value":"1899"}]');
INSERT INTO "quarantine" VALUES(1,3,4,'nhan_thuc','00000000-0000-4000-8000-000000000003:5f661f89bb3a5bdfa3cff250f3bf4b7d','{"__version__":"1","_uuid":"00000000-0000-4000-8000-000000000003","ca_nhan/dia_chi":"Tổ 3","ca_nhan/gioi_tinh":"nu","ca_nhan/nam_sinh":"1953","ca_nhan/tuoi":"73","end":"2026-09-04T09:03:07.000+07:00","kien_thuc/k1":"dugn","kien_thuc/nguon":"tv","kien_thuc/nguon_khac":"","start":"2026-09-04T08:03:00.000+07:00","thai_do/a1":"4","thai_do/a2":"5","thai_do/a3":"4","today":"2026-09-04","trai_nghiem/ngay":"","trai_nghiem/tranh_chap":"khong"}','[{"hint":"dung","path":"kien_thuc/k1","rule":"unknown_choice","value":"dugn"}]');
CREATE TABLE records (
	batch INTEGER NOT NULL, 
	"row" INTEGER NOT NULL, 
	instrument VARCHAR(64) NOT NULL, 
	version TEXT NOT NULL, 
	uuid TEXT, 
	"key" TEXT NOT NULL, 
	content VARCHAR(32) NOT NULL, 
	likeness VARCHAR(32), 
	answers TEXT NOT NULL, 
	not_relevant TEXT NOT NULL, 
	PRIMARY KEY (batch, "row"), 
	FOREIGN KEY(batch) REFERENCES batches (id)
);
INSERT INTO "records" VALUES(1,1,'nhan_thuc','1','00000000-0000-4000-8000-000000000001','00000000-0000-4000-8000-000000000001','9eb978d951d4c4cecebb4440372ce384','b2a660e8956f76fc903464299bcea1a3','{"ca_nhan/dia_chi":"Tổ 1","ca_nhan/gioi_tinh":"nu","ca_nhan/nam_sinh":"1951","ca_nhan/tuoi":"75","end":"2026-09-02T09:01:07+07:00","kien_thuc/k1":"sai","kien_thuc/nguon":"loa","start":"2026-09-02T08:01:00+07:00","thai_do/a1":"2","thai_do/a2":"3","thai_do/a3":"4","today":"2026-09-02","trai_nghiem/tranh_chap":"khong"}','[]');
INSERT INTO "records" VALUES(1,4,'nhan_thuc','1','00000000-0000-4000-8000-000000000008','00000000-0000-4000-8000-000000000008','473214258e5da0c9d18d925c90667118','54f0bdeec4c017c00ff3983fff6be0ac','{"ca_nhan/dia_chi":"Tổ 8","ca_nhan/gioi_tinh":"nam","ca_nhan/nam_sinh":"1958","ca_nhan/tuoi":"68","end":"2026-09-09T09:08:07+07:00","kien_thuc/k1":"kb","kien_thuc/nguon":"tv loa","start":"2026-09-09T08:08:00+07:00","thai_do/a1":"5","thai_do/a2":"5","thai_do/a3":"5","today":"2026-09-09","trai_nghiem/tranh_chap":"khong"}','[]');
INSERT INTO "records" VALUES(2,1,'nhan_thuc','1','00000000-0000-4000-8000-000000000004','00000000-0000-4000-8000-000000000004','8b70520df777e988c7abc43a1f4b8143','2e66f75bba71a47441037f07614c91d5','{"ca_nhan/dia_chi":"Tổ 4","ca_nhan/gioi_tinh":"nam","ca_nhan/nam_sinh":"1954","ca_nhan/tuoi":"72","end":"2026-09-05T09:04:07+07:00","kien_thuc/k1":"sai","kien_thuc/nguon":"loa","start":"2026-09-05T08:04:00+07:00","thai_do/a1":"5","thai_do/a2":"1","thai_do/a3":"4","today":"2026-09-05","trai_nghiem/tranh_chap":"khong"}','[]');
INSERT INTO "records" VALUES(2,2,'nhan_thuc','1','00000000-0000-4000-8000-000000000005','00000000-0000-4000-8000-000000000005','16f67cfcd6b46f768c07f7f9ccb68e03','1a6bc633dcb453d58afbef5e70cc3a9f','{"ca_nhan/dia_chi":"Tổ 5","ca_nhan/gioi_tinh":"nu","ca_nhan/nam_sinh":"1955","ca_nhan/tuoi":"71","end":"2026-09-06T09:05:07+07:00","kien_thuc/k1":"kb","kien_thuc/nguon":"tv loa","start":"2026-09-06T08:05:00+07:00","thai_do/a1":"1","thai_do/a2":"2","thai_do/a3":"4","today":"2026-09-06","trai_nghiem/tranh_chap":"khong"}','[]');
INSERT INTO "records" VALUES(3,2,'nhan_thuc','1','00000000-0000-4000-8000-000000000005','00000000-0000-4000-8000-000000000005','16f67cfcd6b46f768c07f7f9ccb68e03','1a6bc633dcb453d58afbef5e70cc3a9f','{"ca_nhan/dia_chi":"Tổ 5","ca_nhan/gioi_tinh":"nu","ca_nhan/nam_sinh":"1955","ca_nhan/tuoi":"71","end":"2026-09-06T09:05:07+07:00","kien_thuc/k1":"kb","kien_thuc/nguon":"tv loa","start":"2026-09-06T08:05:00+07:00","thai_do/a1":"1","thai_do/a2":"2","thai_do/a3":"4","today":"2026-09-06","trai_nghiem/tranh_chap":"khong"}','[]');
INSERT INTO "records" VALUES(3,3,'nhan_thuc','1','00000000-0000-4000-8000-000000000006','00000000-0000-4000-8000-000000000006','7c258db0f12267a2bd7d8218475a0e44','0f062049a36a5d1d45e02a6dcf3455eb','{"ca_nhan/dia_chi":"Tổ 6","ca_nhan/gioi_tinh":"nam","ca_nhan/nam_sinh":"1956","ca_nhan/tuoi":"70","end":"2026-09-07T09:06:07+07:00","kien_thuc/k1":"dung","kien_thuc/nguon":"tv","start":"2026-09-07T08:06:00+07:00","thai_do/a1":"2","thai_do/a2":"3","thai_do/a3":"4","today":"2026-09-07","trai_nghiem/ngay":"2026-08-01","trai_nghiem/tranh_chap":"co"}','[]');
CREATE TABLE schema_version (
	version INTEGER NOT NULL, 
	PRIMARY KEY (version)
);
INSERT INTO "schema_version" VALUES(1);
CREATE TABLE standing (
	status VARCHAR(12) NOT NULL, 
	instrument VARCHAR(64) NOT NULL, 
	"key" TEXT NOT NULL, 
	batch INTEGER NOT NULL, 
	"row" INTEGER NOT NULL, 
	PRIMARY KEY (status, instrument, "key"), 
	CONSTRAINT known_status CHECK (status IN ('accepted', 'quarantined')), 
	FOREIGN KEY(batch) REFERENCES batches (id)
);
INSERT INTO "standing" VALUES('accepted','nhan_thuc','00000000-0000-4000-8000-000000000001',1,1);
INSERT INTO "standing" VALUES('accepted','nhan_thuc','00000000-0000-4000-8000-000000000008',1,4);
INSERT INTO "standing" VALUES('quarantined','nhan_thuc','00000000-0000-4000-8000-000000000002:2b11b9163676382dd9df4103b64d0818',1,2);
INSERT INTO "standing" VALUES('quarantined','nhan_thuc','00000000-0000-4000-8000-000000000003:5f661f89bb3a5bdfa3cff250f3bf4b7d',1,3);
INSERT INTO "standing" VALUES('accepted','nhan_thuc','00000000-0000-4000-8000-000000000005',3,2);
INSERT INTO "standing" VALUES('accepted','nhan_thuc','00000000-0000-4000-8000-000000000006',3,3);
CREATE INDEX by_likeness ON records (likeness);
CREATE INDEX by_row ON standing (batch, "row");
CREATE INDEX ix_flags_batch ON flags (batch);
COMMIT;
