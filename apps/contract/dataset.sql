-- The rig's dataset, made from nothing: safe to run again, and run again after every trial that wrote.
-- World and fortune are TechEmpower's, once in lower case and once under quoted capitalised names, as
-- its rules have them; brand is a product catalogue whose answer is about 9 kB. Nothing is random: the
-- contract's golden answers (benchrig/contract/dataset.py) are the same rows, computed apart.
BEGIN;

DROP TABLE IF EXISTS brand;
CREATE TABLE brand (
    brand_id integer PRIMARY KEY,
    brand_name text NOT NULL
);
INSERT INTO brand (brand_id, brand_name)
SELECT
    number,
    adjectives[1 + number % 20] || ' ' || nouns[1 + number % 19]
FROM
    generate_series(1, 200) AS number,
    (VALUES (
        ARRAY[
            'amber', 'bold', 'brisk', 'calm', 'clear', 'cosy', 'eager', 'fair', 'fresh', 'gentle',
            'grand', 'happy', 'keen', 'lively', 'mellow', 'noble', 'quiet', 'rapid', 'sunny', 'wild'
        ],
        ARRAY[
            'acorn', 'anchor', 'badger', 'beacon', 'birch', 'canyon', 'cedar', 'comet', 'falcon',
            'garden', 'harbour', 'island', 'lantern', 'meadow', 'otter', 'pebble', 'river',
            'summit', 'willow'
        ]
    )) AS words (adjectives, nouns);

DROP TABLE IF EXISTS world;
CREATE TABLE world (
    id integer PRIMARY KEY,
    randomnumber integer NOT NULL
);
INSERT INTO world (id, randomnumber)
SELECT number, 1 + ('x' || substr(md5(number::text), 1, 7))::bit(28)::integer % 10000
FROM generate_series(1, 10000) AS number;

DROP TABLE IF EXISTS fortune;
CREATE TABLE fortune (
    id integer PRIMARY KEY,
    message varchar(2048) NOT NULL
);
INSERT INTO fortune (id, message) VALUES
(1, 'fortune: No such file or directory'),
(2, 'A computer scientist is someone who fixes things that aren''t broken.'),
(3, 'After enough decimal places, nobody gives a damn.'),
(4, 'A bad random number generator: 1, 1, 1, 1, 1, 4.33e+67, 1, 1, 1'),
(5, 'A computer program does what you tell it to do, not what you want it to do.'),
(6, 'Emacs is a nice operating system, but I prefer UNIX. — Tom Christaensen'),
(7, 'Any program that runs right is obsolete.'),
(8, 'A list is only as strong as its weakest link. — Donald Knuth'),
(9, 'Feature: A bug with seniority.'),
(10, 'Computers make very fast, very accurate mistakes.'),
(11, '<script>alert("This should not be displayed in a browser alert box.");</script>'),
(12, 'フレームワークのベンチマーク');

DROP TABLE IF EXISTS "World";
CREATE TABLE "World" (LIKE world INCLUDING ALL);
INSERT INTO "World" SELECT id, randomnumber FROM world;

DROP TABLE IF EXISTS "Fortune";
CREATE TABLE "Fortune" (LIKE fortune INCLUDING ALL);
INSERT INTO "Fortune" SELECT id, message FROM fortune;

COMMIT;
