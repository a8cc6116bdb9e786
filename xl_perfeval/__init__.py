"""xl_perfeval: the workbook that checks itself and writes its own report (项目支出绩效自评)."""

__version__ = "0.1.0"
