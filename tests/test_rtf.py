r"""Rich Text Format as Word writes it; LibreOffice's is in tests/test_office.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.clean import clean
from qa.load import Limits, read
from qa.records import Article, RawDocument

LIMITS = Limits.from_mb(file=64, article=4, seconds=60)

WORD = rb"""{\rtf1\ansi\ansicpg1252\uc1\deff0\stshfdbch0\deflang1033{\fonttbl
{\f0\fbidi \froman\fcharset0\fprq2{\*\panose 02020603050405020304}Times New Roman;}
{\f3\froman\fcharset2\fprq2{\*\panose 05050102010706020507}Symbol;}{\f10\fswiss\fcharset204 Arial Cyr;}
{\f11\fnil\fcharset128 MS Mincho{\*\falt \'82\'6c\'82\'72};}{\f12\fnil\cpg1253 Greek;}}
{\colortbl;\red0\green0\blue0;}{\stylesheet{\ql\f0\fs24 \snext0 Normal;}{\s1\outlinelevel0 \b heading 1;}
{\s2 heading 2;}{\*\cs10 \additive Default Paragraph Font;}{\s17\ql\fs56 Title;}{\s18 toc 1;}}
{\*\listtable{\list{\listlevel\levelnfc23{\leveltext\'01\u-3913 ?;}{\levelnumbers;}\f3}{\listname ;}\listid5}}
{\*\generator Microsoft Word 15.0;}{\info{\title A Word file}{\author Zo\'eb Quill}{\operator x}
{\creatim\yr2020\mo3\dy4\hr10\min1}{\revtim\yr2022\mo1\dy1}{\*\company ACME}}
{\header \pard\plain {running head\par}}{\footer \pard {\field{\*\fldinst PAGE}{\fldrslt 1}}\par}
\pard\plain \s17\ql {A Word file\par }
\pard\plain \s18 {\field{\*\fldinst {TOC \\o "1-3"}}{\fldrslt {Chapter one\tab 1\par Chapter two\tab 2}}}{\par }
\pard\plain \s1\ql \outlinelevel0 {Chapter {\*\bkmkstart _Toc1}one{\*\bkmkend _Toc1}\par }
\pard\plain \ql {The first sentence\cs16\super \chftn {\footnote \pard\plain \s15 {\cs16\super \chftn }{ This
 is the note. It has two.}}}{ goes on \ldblquote here\rdblquote . }{\deleted old words }{\revised new words}{\v no}{.
 See {\field{\*\fldinst {HYPERLINK "http://example.org/a"}}{\fldrslt {\ul the site}}}.\par }
\pard\plain \s2 Signs\par
\pard\plain {\f10 \'cf\'f0\'e8\'e2\'e5\'f2} {\f11 \'83J\'83^\'83J\'83i} {\f12 \'e1\'e2\'e3} \u321?\'f3d\u378\'9f
 \u-10179?\u-8704? caf\'e9{\uc2 \u12450\'83A}\par
{\listtext\pard\plain\f3 \'b7\tab}\pard \ql \fi-360\li720\ls1 {first item\par {\listtext\pard\plain\f3 \'b7\tab}}
\pard \ls1\ilvl1 an inner one\par
\pard \ql {\pntext\f0 1.\tab}{\*\pn \pnlvlbody\pnf0{\pntxta .}}numbered\par
\pard After the list.{\*\atnid AB}{\*\atnauthor Bob}\chatn {\*\annotation{\*\atnref 0}\pard\plain {A comment.}}\par
\pard {\shp{\*\shpinst\shpleft0{\sp{\sn shapeType}{\sv 202}}{\shptxt \pard\plain {Text in a box.\par }}}
{\shprslt{\*\do\dobxpage{\dptxbxtext\pard Text in a box.\par}}}}Beside it stands the box.\par
\trowd \trgaph108\trhdr\cellx3000\cellx6000\pard\plain \ql\intbl {1911\cell 1923\cell }
\pard \intbl {\trowd \trhdr\cellx3000\cellx6000\row }
\trowd \cellx3000\cellx6000\pard\plain\intbl{North\par pier\cell \cell }\pard\intbl{\trowd\cellx3000\cellx6000\row }
\trowd \cellx3000\cellx6000\pard\plain\intbl{Outer {\pard\plain\intbl\itap2 inner\nestcell cells\nestcell
{\*\nesttableprops\trowd\cellx1\nestrow}{\nonesttables\par}}\pard\intbl end\cell }{{\listtext \'b7\tab}410 m\par
{\listtext \'b7\tab}old\cell }\pard\intbl{\trowd\row }
\pard\plain {\upr{Lodz}{\*\ud{\u321?\'f3d\u378?}}} and {\pict\wmetafile8\bin5 }}}{}}no picture. Soft\-ly, well\_kept,
 a\~b.\line A new line.{\*\shppict{\pict\pngblip 89504e47}}{\nonshppict{\pict 00}}\par}
{\par junk behind the end}"""


def article(data: bytes, folder: Path) -> Article:
    (folder / "file.rtf").write_bytes(data)
    (raw,) = read(folder / "file.rtf", LIMITS)
    assert isinstance(raw, RawDocument), raw
    found = clean(raw)
    assert isinstance(found, Article)
    return found


def text(data: bytes, folder: Path) -> str:
    return article(data, folder).text


def test_a_document_as_word_writes_it(tmp_path: Path) -> None:
    found = article(WORD, tmp_path)
    assert (found.title, found.author, found.published_at) == ("A Word file", "Zoë Quill", "2020-03-04")
    assert found.metadata["program"] == "Microsoft Word 15.0"
    assert [(it.level, found.text[it.start : it.end]) for it in found.headings] == [(2, "Chapter one"), (3, "Signs")]
    assert found.text.split("\n\n") == [
        "Chapter one",
        "The first sentence[1] goes on “here”. new words. See the site.",
        "Signs",
        "Привет カタカナ αβγ Łódź 😀 caféア",
        "- first item\n  - an inner one\n1. numbered",
        "After the list.",
        "Beside it stands the box.",
        "Text in a box.",
        "1911: North pier",
        "1911: Outer inner cells end; 1923: 410 m old",
        "Łódź and no picture. Softly, well-kept, a b.\nA new line.",
        "[1] This is the note. It has two.",
    ]


@pytest.mark.parametrize(
    ("rtf", "says"),
    [
        (rb"{\rtf1 A{\footnote\ftnalt {\chftn} end}{\footnote b{\i i}} on.\par}", "A[1][2] on.\n\n[1] end\n\n[2] bi"),
        (rb"{\rtf1\trowd A\cell\row\trowd B\cell\row Below.}", "A\n\nB\n\nBelow."),
        (rb"{\rtf1\trowd Built\cell 1911\cell\row\pard A {\footnote cut", "Built: 1911\n\nA [1]\n\n[1] cut"),
        (rb"{\rtf1 {\listtext\tab}No.\par {\listtext IV.\tab}Item\line goes on.", "No.\n\nIV. Item goes on."),
        (rb"{\rtf1\ansicpg1251 \'cf\f7\'f0.\par\ansicpg99999 x", "Пр.\n\nx"),
        (rb"{\rtf1\ansicpg932 \'83", "\ufffd"),
        (rb"{\rtf1 a\u99999?b\u?c\uc9999999999 d\bin-5 e\ls999999\ilvl99999 f", "abcdef"),
        ("{\\rtf1\\ansi caf\xe9 as it is}".encode("latin-1"), "café as it is"),
        (rb"{\rtf1 {\*\unknown{\footnote x}{\shptxt y}{\ud z}}seen{\header{\shp{\shptxt no}}}.}", "seen."),
        (rb"{\rtf1 {\stylesheet{\s1 {\footnote q}}}seen.}", "seen."),
        (rb"{\rtf1 \deleted gone\plain here\v gone\v0  too.}", "here too."),
    ],
)  # fmt: skip
def test_worked_examples(rtf: bytes, says: str, tmp_path: Path) -> None:
    assert text(rtf, tmp_path) == says
