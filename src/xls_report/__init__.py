"""Forms, workbooks and sums of the annual report on disclosure of government information."""

__version__ = "0.1.0"
