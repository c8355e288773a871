namespace CogVideoX.Emulator.Instructions;

/// <summary>Who votes, who asks for the result, and each lane's value.</summary>
internal readonly record struct VoteRound(uint Group, int Lane, ulong[] Values)
{
    /// <summary>Lanes of the group whose value holds the condition.</summary>
    public uint Where(Func<ulong, bool> condition)
    {
        uint mask = 0;
        for (uint rest = Group; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            if (condition(Values[lane]))
                mask |= 1u << lane;
        }
        return mask;
    }
}
