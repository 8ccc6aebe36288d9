"""What every source on the network shares: calls, their pace, and the snapshots that they leave.

    calls ──▶ pace ──▶ client ──▶ judge (the source's own) ──▶ snapshots

The client alone talks to the network; what a source asks for, and when it believes an answer, lies
in the source's folder.
"""
