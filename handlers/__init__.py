"""Telegram commands: plain values in, a Reply value out."""
