"""Bars of finished days and minutes: where they are asked for, how they are merged, dated and kept up."""
