/* SPDX-License-Identifier: BSD-2-Clause */
/* PKCS #11 modules that show the card: to p11-kit, and to browsers. */
#include <stdio.h>

#include "checks.h"
#include "config.h"
#include "nssdb.h"
#include "opensc.h"
#include "p11file.h"
#include "places.h"
#include "registry.h"

/* p11-kit looks for a module without a folder in its own. */
static bool
file_is_there(const struct host *host, const char *module)
{
	char path[PATH_MAX];

	if (module[0] == '/')
		return host_exists(host, module);
	return host_exists(host, path_join(P11KIT_MODULES, module, path,
	    sizeof path));
}

struct shown {
	bool		any;		/* a module of ours is registered */
	unsigned	tokens;		/* by those whose files are there */
};

/*
 * Who keeps OpenSC's from some programs has made up their mind which module
 * is for which.
 */
static void
check_entry(const struct host *host, const struct registered *entry,
    struct shown *shown, struct findings *out)
{
	struct p11_file	file = p11_file_of(entry->module);
	bool		there = file_is_there(host, entry->module);
	enum finding_id	id = FIND_COUNT;

	if (file.kind == P11_OPENSC && there && !registered_apart(entry) &&
	    !opensc_leaves_card(host))
		id = FIND_P11KIT_OPENSC;
	if (file.kind == P11_OURS && registered_for(entry, NULL)) {
		shown->any = true;
		if (!there)
			id = FIND_P11KIT_NO_FILE;
		else if ((shown->tokens & file.tokens) != 0)
			id = FIND_P11KIT_TWICE;
		if (there)
			shown->tokens |= file.tokens;
	}
	if (id != FIND_COUNT)
		findings_add(out, id, "%s/%s", entry->folder, entry->name);
}

void
check_p11kit(const struct host *host, const struct survey *survey,
    struct findings *out)
{
	struct registry	registry;
	struct shown	shown = { .any = false };

	(void)survey;
	registry_read(host, &registry);
	for (size_t i = 0; i < registry.n; i++)
		check_entry(host, &registry.list[i], &shown, out);
	if (!shown.any)
		findings_add(out, FIND_P11KIT_MISSING, "%s", "");
	registry_free(&registry);
}

static void
check_database(const struct host *host, const struct profile *profile,
    const struct nssdb *db, unsigned by_proxy, struct findings *out)
{
	unsigned shown = 0;

	for (size_t i = 0; i < db->n; i++) {
		const char	*name = db->modules[i].name;
		struct p11_file	 file = p11_file_of(db->modules[i].library);
		enum finding_id	 id = FIND_COUNT;

		if (file.kind == P11_PROXY)
			file.tokens = by_proxy;
		if (file.kind == P11_OPENSC && opensc_leaves_card(host))
			continue;
		if (file.kind == P11_OPENSC)
			id = FIND_NSS_OPENSC;
		else if ((shown & file.tokens) != 0)
			id = FIND_NSS_TWICE;
		if (file.kind != P11_OPENSC)
			shown |= file.tokens;
		if (id != FIND_COUNT)
			findings_add(out, id, "%s, %s", profile->folder,
			    name != NULL ? name : db->modules[i].library);
	}
}

void
check_nss(const struct host *host, const struct survey *survey,
    struct findings *out)
{
	struct profiles	profiles;
	struct registry	registry;

	(void)survey;
	places_find(host, &profiles);
	registry_read(host, &registry);
	for (size_t i = 0; i < profiles.n; i++) {
		struct nssdb db;

		nssdb_read(host, profiles.list[i].folder, &db);
		check_database(host, &profiles.list[i], &db,
		    registry_proxied(&registry), out);
		nssdb_free(&db);
	}
	registry_free(&registry);
	profiles_free(&profiles);
}
