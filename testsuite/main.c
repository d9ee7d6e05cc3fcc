/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* One runner for all suites; CK_RUN_SUITE and CK_FORK as check has them. */
#include <stdio.h>
#include <stdlib.h>

#include "unit.h"

static SRunner *all_suites(void)
{
	SRunner *sr = srunner_create(NULL);

#define SUITE(name) srunner_add_suite(sr, name##_suite());
#include "suites.h"
#undef SUITE
	return sr;
}

static void print_failures(SRunner *sr)
{
	TestResult **failed = srunner_failures(sr);

	for (int i = 0; i < srunner_ntests_failed(sr); i++)
		fprintf(stderr, "%s:%d: %s: %s\n", tr_lfile(failed[i]),
			tr_lno(failed[i]), tr_tcname(failed[i]),
			tr_msg(failed[i]));
	free(failed);
}

int main(void)
{
	SRunner *sr = all_suites();
	int failed, run;

	srunner_run_all(sr, CK_SILENT);
	failed = srunner_ntests_failed(sr);
	run = srunner_ntests_run(sr);
	print_failures(sr);
	printf("unit: %d passed, %d failed\n", run - failed, failed);
	srunner_free(sr);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
