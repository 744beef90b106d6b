/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RSA keys of 2048 bits for the cards of the tests, PKCS #8 in base 64.  They
 * were generated for that and protect nothing.
 */
#include "vkit.h"

#include <string.h>

#include <openssl/x509.h>

#define KEY_MAX	2048

static const char *const keys[PERSONALISE_KEYS] = {
	[PERSONALISE_KEY_SIGN] =
	    "MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQCt7WlHwN6lgMWnhfgj9ynz"
	    "dZfYZ2rE065ILEzS34XnHjNusE0Fy+snM4XAfDD3ogWzvDE2+L80nAdDwByH1uE12KA3YuZM"
	    "TR5/8bFgROfMcOXTzsfSAbZ/B82Xww6QB9o1ftSbR0aVAENsCvlZy9rd53nwl9VcfzHGAr7B"
	    "pNadXJ1+lox/eqhJLvewJrxQB2FvXbIm8etMwQroA/7SeBAx1QMnDb6Y2pNZ/aLeuVldxC07"
	    "kx18gciMICc92aDV5ZOmcROgh+GERTEKwtBjU1VsHFBo2BVkA8XKWtYg9H57p1oO9p/Sdl8P"
	    "0gXnE7UBcFTJIbZQH9e8zP+9TPNM05e3AgMBAAECggEADRdytkDxQVnpBswRuntPQBEY5eQa"
	    "6EfatXoIKlNC2/us+Wbx1T7dK204Yx21/d3HOhkvRykAE3CvJ01dmGf3Obtdi+240gN4CT9j"
	    "D5EANaZF1mSZK9iPKQ6oTgUToonExgQO8sUxreOAL7C/xh+PEObsicyT9ctpLrNkMmU69ksz"
	    "imYBX6eHbBN4/mzJsVN+ty8Btk/TWjX94SMr0Iz0MUFLMwQKcIxvft8ffN/kLrt/OeQM+N20"
	    "Hlt6rofvu5DjpAnx3zR5nw8dVy7K5kPFKv5za/uYz5DW4CmsXw6SkU45B3Mewo0iDENR+VW9"
	    "GvUYOPnrJyI0+MmrWWbnLrljGQKBgQDfVRPtwoT9i1CfK26CmOUFiwCsjBtMh25VkiqIFaGo"
	    "N7lhazgUc0qPMZ6BYecV1cgAEwta3vqn83YKkp6UNLS/EjULJQE+lsrBqk7lGx0J2MUm8bhR"
	    "9iJ82SXIZjyJv502+5pjZnHgio+s7zUVs6ONuzWyBeDwHoGq2y74QvuqXQKBgQDHXk+49oRF"
	    "g6W5aZb0U0cZRmh/Bga+ofbmk89Ywa0ByLrtVEp1IYVtYrjJk7AChpm7pJkMajhZ1XRzOthU"
	    "omdp4sYUW9oKlkF8LfOhHt5cqU/gAsYMBb59+qz0yBxKDpBsyLoammrnlpK4oR2MbgQ+kNjB"
	    "weXYxsqSbXFzMhWxIwKBgEfNBIE2Pqd9OMhToE3gdhEYJXlT+hral8BvI7loqvZ4I+OMIxWA"
	    "E4KCA2G5ZiABATH07XujoJaKkXLIvK8NWubrJZ6VoRbMSBeHd6H025sk1A23PPks1t2oupr5"
	    "M5Fdx1+7+GDouMfmBFcm+LwnavfQLm0zsqPASxPxL+KlNmAJAoGAFD0pwLAd22Sy5TCn52Ow"
	    "2wr/vq1g7+dHRj8JFIyMwJqdB0zARkXB4snb0nLQsmDxqE/cTZtW3x/BM5VssqLN9rzTuOte"
	    "Jib8vNt5WQjmL+fsOORvMHdA0E8rUaoi3Q2/cZuq8NpuMdZiTKXmdwQQID3aE0lYyPndRKIh"
	    "mz0hYJsCgYBieTFpAAKUXfjt9JlmYDEAsgv9571d/gXfFIz9HDqHL+gC3qs++IFUULR2tHXG"
	    "3bBBLshRnq0swuwj/TVZPmkb2yZvyXVZnzWoJpM+2/D+nEGf8BIhqgfrqojJn95HblUQww7q"
	    "4V3sWzChqtXE0/OV3SIRoyqw2XfvyubJC6M+Ng==",
	[PERSONALISE_KEY_AUTH] =
	    "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCax9nfT9Rr5QYD5/5WK3p8"
	    "d3hp808mFIodua07DzUQ+9ReN1gphq7gUXQv9jlIUgLM9jx9rshsiMzancXgwntdWqs8qFSU"
	    "3QjHMVeXeaI4IcPpB7i5IyHY/8MBsout+mR/GtwgbdZxJsU9CA6xfj4CzJuU0IZB3P7Z1SMr"
	    "Jb+2dc8VvpgALG6GBVgLMRgcV5Ad1RtwDItK9Kri2lKgqm9tX8IZ9LnMlxZxQz3vu1hJfny1"
	    "7CLT75M3/dQo6lhHGIakd/ck8CCqu3kup67gdCSge9qnXpFSvlsCF2IJW7Fay+7kwaMaU1ZN"
	    "DWDcMsRADo9xRrydHPXwSQwlMatXxHTxAgMBAAECggEAAv1GpDU8v0u4UsV9iEkFL9e32+X+"
	    "2petdjcClUAtMHOIrbwoZ/7prDvugEmjYBXzZ2V/FBdW2B/JQxSmgHmJG+u3IHAI2Covs/cs"
	    "P6jx/N8ME1lalDrNOc1wxPzfjT/nhnvskfTFHkDXMN9Rt1Remru8aoKfgTClPGxNJlVvjzTO"
	    "FqDQ+y03haDu1sMMcb7GEhi9pe39Nl8s0q5/foLdCWZ8I/cF9ChgCoUPMoVnK9z6jUQrHzS6"
	    "YWnu6vZwdf8b/6ILDR7kXr4/UNl1TEkpGARDgx/Z05OFIcAOBtuAKzoFwwDuOzZ9XYUTnIr0"
	    "zB7VLoOgOyLlXh7z6RGENh7lJQKBgQDM0UCI997+62jls/aQ2b7rY6HXhBsJCBpkDCL2EJww"
	    "sZBg2cdiFDDUXRlAkkud1hc8/24089jLnSAdRXpP2hu8uLioflCdujAmJHVC/bpP5vmBgn9I"
	    "FHnQCjGRlWxDN0FIsqHwE5OhZDBB4mjEmWOk2h4wFMS5fwagki/smD11pQKBgQDBdZu3j13U"
	    "J30Nu1C7/Qc2EkS16BKmPVBAS2atnPpdOGSIPq18So+UD/9fMBydUsKIOJimJuhLfrCLk7qT"
	    "/gnIz1+A+nfFWhiI3qhN5y8PZHDMC6tETYSqQz/Pj3yLxfYl9oWWLS66HZzUODh12gNkEtLY"
	    "hrNzZqCC7hXc9QBYXQKBgEnDtx1dQCfJOs83oD6M3XDDQj9vKZl4HKEZqeG7G7WBzcDDzkYp"
	    "hWiGWxjhV3Bx8Y6bY+KYS+URIsbIBgQKRmESmha832Xe74ZdLQpCfT5XrlaRXCvmi/R8J1wK"
	    "V6JhnRaEl0PymQHQJn0kAJ2FrNhrYeHpKOyxrf5YiAAK2F+tAoGBAK2wAGD6B1yNI3ornV1Z"
	    "25qRJj1HIU89JwrCZ2oh0KnXEnM8CpfXfTaKclUspdQdVGfmoC40KkR1dt2pgU6TOoeenvj2"
	    "Zoe5zuM7PFHM6HRiUd7v7xEAo8YVYHniMghvcAI/ZUoiQJx6L65c11v/oyG6wLADp6NJFXzX"
	    "cquRD4FFAoGACgsx4bSL5on1SQKzNxEISIcFd/d2XlUM6+7VUDq8nonMI3MeVYTPYxInmKBc"
	    "cq8Wfoj1rQS+sPTZ4qsjX68CzatfcxXM9Mf2paAnaT7mglG97hVoohWa1oK6sUBvgxfhe6OS"
	    "t0lJUtWB0l+Wfr1FdAdpjz+PfaKCYJW7XjzLvV4=",
	[PERSONALISE_KEY_SIGN_CA] =
	    "MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQCkc0VMFPQdV8JtqB2Yqg9H"
	    "EIzplWkcuQbq8vVvf4YPqaGIJIeQTjo8TkT4eji1noR+GtDc5RnC16JP4VyquQho9bizM90e"
	    "79Jnk1t8KBGh5tR2zONF/rOwced0lnz3UEfU6ZDD3t/sDFBARyIZwnXRh3K1L6iXzsIl6obF"
	    "a04tT1U9emCFbe9mWsR116kk5ba1BZgeDv0diV7HH2d+sJB3qy4YDsHE1sTtXgo/8fSUNiQt"
	    "VRu/T4Sp5YGV8mS3yJete0D/UGEkfK5ZZhnHmjK/RssgjY0xSJVpJqdP4rVzR0l9uVMtT6Rg"
	    "+FYRaKRWyLI7d3fFSrbjg7gSUodmkB6pAgMBAAECggEAN+gYPu1AsFkNeEoXBbeKyhYOUbrB"
	    "qUod1/IRDn7EDL8Wczo3/A8cLTROrkqezN+/Gz/ykaYxQ9QbEh0Da+bLvSMMT5/qJIJTfXLT"
	    "PzpABFJ9GIY/HaShYfLXRQOEKG/ae7+Lv4sdhRoKjk+ggDFj7H+nt4EkR7e6uTkp6CO6yBwM"
	    "N0ziq+WAcEahs3Jrt8M9ntZL/mwdKcdhcIzNzESOI56/ANtefAGnmNkvOyrE4Fll738ea0lT"
	    "K1mlOSAMBULdGyPPBmL4RLt3zzIg7+tk+WiiC1fEt2XUykw8jgrpfciWwg8t+OU3tUBbP9oO"
	    "7K0oCAN+O8F2M5RmyfreHHrCoQKBgQDhVcBNQqEpVWWieutBRgUYOd/3sjeV7Gwg0Gdihbia"
	    "0pWl8Ts9IZ0PaguX6XVsIAHK89pXcdQlrm+CQTucEjv+aaV+1QvLH+ako4LL9ca4iN/b4P8p"
	    "epTROVRZnfoCopg/0/ZLScUBLCQa3p5Uf1LnDLTRH19djaNahkeGyethBwKBgQC61GkpfzCk"
	    "W1UTV0G30RnqedCou1oS1SQZYUaEFkOsv95w5nRLp1w63JGA5z0y7nqwFGCX4I73yw4evG6o"
	    "mOB+0I44ExS16v02iY9JYkawqp4jsIGcn1MzgGym7I+KXKfQ01V16tvL/az5qAU/T3ZKhpip"
	    "yDWZQSoPEKp7+jWGzwKBgGcZty0iiV7CJgibuTxab0ZQZLuOnYRJcofpEwSvLnIYXERbBcHI"
	    "uXYuDTPqq8FXO7rCrGpKOMks8PRmKIIWjcCwUfqgPA8qf3thHR15TP1uEw8l+VnfLmw0kPWY"
	    "JKZEAulhcFWuYSdSLQrmRQdgYmw5EhqFAjtp7Q4kVmHDzaDNAoGAXALIV9uABTHF0GSkxPaC"
	    "IOwlSzQZxDScNrOlmt+sLKPB1TBqDeg6j/KY5jb7+N1iJt2iRKofPwINzi1XAkloJoxnvk4H"
	    "YSB93CIbIzT3Q4KDp2gCLTR6MV8KI5tVhfrj2wB5kj08SlaAneOV0fw8ca+f993WJ8fkAs9e"
	    "Zvhu7BkCgYA5BwtFXATitl+iiAZxFeuO541AamHirNiX2wS8y/4g6s0EdZ2+6WmziLVVjF6W"
	    "BO1BVOoKjV8mg7FxjVDklklVltu3ipWdBYf/f/ve8f7CMaLVWzf4bm3NhIz1x8kZaY1cFxqN"
	    "HTogsrZUxYKrKCd5kLRNwNfSe6vXyBbFIbl4eQ==",
	[PERSONALISE_KEY_AUTH_CA] =
	    "MIIEvwIBADANBgkqhkiG9w0BAQEFAASCBKkwggSlAgEAAoIBAQDhP4/omJPKDKXveSQIPAGf"
	    "ki3dtetZ98Z/LetgS+WV6p25upcVFmMZKTChIPVe5rAwbwZusoTEPn7BaMPsdolAWKjYXXEJ"
	    "UmjCBFQtTTVBcyX98Axo36BJxA3y4tyqKzTXnGu8Oyjme96EQm2WPZ7oUpqyD1Jjyhtd9b3v"
	    "fZSY/tMFmwQkaMs31YmPMMvLwF1rRNM+dkrF5a3xnJMP+fedxbR1sXq9qsQFx/FY0kYoa9Hp"
	    "MGJBAhliDgrCTwIxgA6QKBlmoKz3xKTXx1SAtjrcomHVMR9uxkdGddscUr+WcUuWLLh0RITV"
	    "0H9JpUNxOjrPwibs4DsaBq9nxg7qqfXvAgMBAAECggEAFzr99Yge3dy2FF+TBsJhjHp//niv"
	    "oCS8tQsgVlsdf3ul7qy+vi8D42lrGYMTq0jxbN1WdX410SN84SeT5URIXXmHWGEysjpskW3u"
	    "3Ik0794XUfw622oM1u7AXYdmKKqyFXaNaelUC4lE5rEPKkqKo/049Ro9bgs/DU612whBlhGo"
	    "VT+JHijSBxQFBOnHVkmWFrEAnEJA+33sLQdulYD+gCPa5x2SCeAu62fULfQ2Fntr+FeWE47x"
	    "fDfUS+7x5zwo/wqJZ082HecOVM47aScp0D3jKcThEvJMoMZhvW9KayFnfEY32Ex3YBAu36DB"
	    "0ezPXqoqUrIoFsNvIl+MN7VlqQKBgQD36mKhSMn6c1g1xi+NI18mjyQ32aTh9+ENmljPDyq3"
	    "ARds7wV/jOylleALAGzMg+slWNm3ilHliLm32vPtryq3UyfxKBscfCOw8pdhR0hIwhY6pV1C"
	    "7W39iy7+5PIE+LOFpPVrr+JSWYQBFzqVfh+bq8JsQctZs4Xi9Pp3cRuLmwKBgQDol/LyV2/+"
	    "kBF0Up0rHIvsbJSvCpDl/h+bMRAxp6qz0vFa611YkwVezZTRGvxLJKddmj2nOT5/tRIZHWUV"
	    "3aYLZ3BTzonnZxf8f4vT4wOODzI4ssLmK4r7QDgbb/ZrD9QsEQrnxYvCR0o5CydlUQyPBoyq"
	    "AiOVk6svYuZPMuU2PQKBgQCTMZ9zwSLix58k9lF/S/QPkcdgPaHO5HzDtdNqxMeItmYxME0k"
	    "aQiMW8sU3SC74Ms5dmJ1vfNYA/C4f5B6m5kSFZZOcZB/Phl20uIcSNVbFZlbIpmXxh6a/gte"
	    "HZKwbvUvsTxhvqDyYeGlQCRxY9vicn1SB1J0JMmmcetQBWDkZwKBgQCKMGTmOK7QZpYIL2Ez"
	    "kPVNFUHNMZDfJHlwwdimN8CCsEw3QWknS8pABhJpngfROUi6ov4IUUlhpJnJFB7Pu+2ADwe8"
	    "sxRZyHWGzdysmc6t4zdqWkLTb4FWP1RWcNHN0Ay11bZN959OYP6nH4pbdqjofPKruzObFa36"
	    "LF87JLjr3QKBgQDpppltHv46cpxmVmAa/2IoMB8pt4lVGwVqHolhsOBUG8fndCCyHr8kaB4V"
	    "Sa/wmXgkEZGvN97sRvY5sUAAYzo7+J5hRi+2s9okUqOQEBR7aXByixZj9oB2dtQ0qLzVO7DM"
	    "8MrZAE4zPl2QQH4s3QTIpU4zu6ZI1yGobgQf67aGTg==",
	[PERSONALISE_KEY_CARD] =
	    "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDB0Nnn/wMYOAd9CLOi6pgF"
	    "jgCkNZFlRYsog3MceV7caejs+OJUqoQpNd0wRRZYimDtSwfxYNFeuA5g2z6TEBF0Rq4Soycn"
	    "YApWWzVXcRm2XLOwW25eNVX6r9xmsrQdk3O0JfGrBAVR4fCLFkKxC8R7rXhzDC5i5onhYTh6"
	    "iWS+pbxXuaosixrf9j7403tcgd9+z1cNOrW99mv37frVdw9u+iaCLVu0q/BmpkWTmDpZQImW"
	    "o9oqMWrOekI2UI3TQI7jMLWZ4VfSa6cUEI3mQNVxYY/PuBIC3GmGhmtZyXCUoehaKIuvY78P"
	    "IS3UTQo152VHUnXxMt/XZ/l9P0GxFQC5AgMBAAECggEAAeRbAyURDZEsDhNQ53pWl8cFqoOk"
	    "BgQHrgnu/7TLNaOOo6UKvRymOSp/nJJAngZ0D9efCJhs3Giu9rdJ/spCzI8EvlaQ7chfh9xZ"
	    "E7lZBiSddej4t79zV9o+5/1YaAvF8xSfnI9FlrCLDbIjGhB8LU9wCorwiFE6jWnKplH6+MGW"
	    "3nVoHoc1JuMYra8M/uDoEK+VtxcypUceAjKQ2pK2wkvoXqH6vskUlfHJVu8ZEXjldvA+Vihq"
	    "+vfTYmBHQhUSaFHsiWlh2MRnjfI2RGj/XGovrEddPjpvlnGYiVmzO0OV+6J8kLkzhygEhRR8"
	    "gNGdnUu5HAmlFMeRshL7iRnffwKBgQDxZiuN5DGC1aX4EQIFfWcl61ih/HErxpDrY01bncHg"
	    "vBHFBsx4BTqa33WD7dZbJ8CCwZJjD4BAcw1aPpzwV6pCjMJ3nntv/W5c7u4YcdjdMEqbONpU"
	    "JdUUG9m/riabG+F4FfNp6JIGDxpN3mE6x+WB1lTi4sOYm0+IDKPj6k1tawKBgQDNieZ/i3vT"
	    "5BEl0kdWm77jJBHbVFA2qm/HM08QpLUCcEUl7I9hvsxMfPifUfOmK9Gg3He50kVB6wI4OQih"
	    "6deKFVdKgXPjKD1APb5ggUBoKCRFl8WJlKaSbwrtGjwtUWx7hADEI3P5fnD9X03CZW/LkyJ3"
	    "PDrI8F4lJ52d2K0PawKBgEjSI21oWy82uBx/NPbm/4jG2DP1bUZhXjJEAIAUtPnQgiPHi0Lh"
	    "gO5bXp3vz2wsL7zCHCDZ+jx2+J4yqTEvoOL2h2uCWYZNE0/hm92v6lW/TaJJokMkLoUkaamT"
	    "JX5BCOEq7gUS7Yn6YFsBLJ+I0ck7GNxgv9R3daR6+62zbqwFAoGBALunHVRxSpqH7Mf1FcCS"
	    "7VJ/ifYPIjTmoqrhw1vUpJYXXmpjcfyxr+BdcLg0oBikhP0yi/SRbz3hi+M83w7Eak7dcRbK"
	    "3b0U7ecK+Bcvqlft3j/TczxLBVFIJFeYzjwpzLtwJyrrm2S79fi93EaRSeI48QyfZqQyICIX"
	    "6yVDv60FAoGAQ1Ihw20ttPL2/nDQiGGOTJVAMPER6mSlLP0jj9KZQa5pu4elfwR5bwXncAh1"
	    "Kgf79/iytlb1odjcKALTwe51r78S4kKvYctBRW5ArMlb0k6wMLAe+5bzpXm+T48mxxO37dCN"
	    "Z5OSjRdOS/tEgdQ/60c4ucekldh+15fUBF/EqT0=",
};

EVP_PKEY *
vkit_key(enum personalise_key which)
{
	const unsigned char *text = (const unsigned char *)keys[which];
	int text_n = (int)strlen(keys[which]);
	unsigned char der[KEY_MAX];
	const unsigned char *p = der;
	int n;

	n = EVP_DecodeBlock(der, text, text_n);
	return n > 0 ? d2i_AutoPrivateKey(NULL, &p, n) : NULL;
}
