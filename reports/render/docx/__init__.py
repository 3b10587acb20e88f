"""The report as an official letter in draft: Decree 30/2020/NĐ-CP, Appendix I, for a clerk to finish.

Number, date, addressee, signature and seal stay blank; no degree of secrecy is ever printed.
"""

from reports.render.docx.write import render

__all__ = ["render"]
