/* Days and instants without the machine's time zone: the calendar is proleptic Gregorian, Paris
 * follows directive 2000/84/EC (summer time from the last Sunday of March to the last Sunday of
 * October, 01:00 UTC). */
#ifndef PARAPHE_BASE_DATE_H
#define PARAPHE_BASE_DATE_H

#include <stdbool.h>
#include <stdint.h>

struct date {
    int year, month, day; /* month and day from 1 */
};

enum { DATE_TEXT_MAX = 32 };

bool date_valid(struct date d);
int64_t date_to_days(struct date d); /* days since 1970-01-01 */
struct date date_from_days(int64_t days);
int date_compare(struct date a, struct date b); /* < 0, 0, > 0 */
struct date date_add_years(struct date d,
                           int years); /* 29 February becomes the 28th where there is none */
int date_parse_iso(const char *s, struct date *out); /* "2026-11-23" and nothing else; -1 */
void date_iso(struct date d, char out[DATE_TEXT_MAX]);
void date_french(struct date d, char out[DATE_TEXT_MAX]); /* 23/11/2026 */
/* The last day of so many years from `end` on: their eve. A form may be deposited until that of one
 * year after the end of its tests, unless its rule set says another number. */
struct date date_last_day(struct date end, int years);

/* The day in Paris of an instant (seconds since 1970 UTC), and its offset from UTC in seconds (3600
 * or 7200). */
struct date date_in_paris(int64_t instant);
int date_paris_offset(int64_t instant);
/* "2026-11-23T10:11:12Z" */
void date_instant_iso(int64_t instant, char out[DATE_TEXT_MAX]);
int date_instant_parse(const char *s, int64_t *out); /* the same form, or with +HH:MM; -1 */
/* PDF date in Paris time, "D:20261123111112+01'00'" (ISO 32000-2 7.9.4) */
void date_instant_pdf(int64_t instant, char out[DATE_TEXT_MAX]);

#endif
