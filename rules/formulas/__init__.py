"""What several signals are computed by: running averages, windows, bands, boards, auctions."""
