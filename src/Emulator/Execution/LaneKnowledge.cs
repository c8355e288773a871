using CogVideoX.Emulator.Checking;

namespace CogVideoX.Emulator.Execution;

/// <summary>What each lane of a warp knows. Mostly that is one and the same, and stands here once.</summary>
/// <param name="whole">lanes that have a thread</param>
internal sealed class LaneKnowledge(uint whole)
{
    private Knowledge[] each = [];   // none until they differ

    /// <summary>What all lanes know, while that is one and the same.</summary>
    public Knowledge? Common { get; private set; } = Knowledge.None;

    public Knowledge this[int lane]
    {
        get => Common ?? each[lane];
        set
        {
            if (ReferenceEquals(Common, value))
                return;
            Spread();
            each[lane] = value;
        }
    }

    /// <summary>What some lanes know together.</summary>
    public Knowledge Together(uint mask)
    {
        if (Common is { } common)
            return common;
        Knowledge? all = null, last = null;
        for (uint rest = mask; rest != 0; rest &= rest - 1)
        {
            Knowledge one = each[int.TrailingZeroCount((int)rest)];
            if (ReferenceEquals(one, last))
                continue;
            all = all is null ? one : all.Join(one);
            last = one;
        }
        return all ?? Knowledge.None;
    }

    /// <summary>The lanes learn it.</summary>
    public void Learn(uint mask, Knowledge news)
    {
        if (Common is { } common)
        {
            Knowledge joined = common.Join(news);
            if (mask == whole)
                Common = joined;
            if (mask == whole || ReferenceEquals(joined, common))
                return;
        }
        Spread();
        Knowledge? before = null, after = null;
        for (uint rest = mask; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            if (!ReferenceEquals(each[lane], before))
            {
                before = each[lane];
                after = before.Join(news);
            }
            each[lane] = after!;
        }
    }

    /// <summary>The lanes know this instead, which holds all that they knew.</summary>
    public void Replace(uint mask, Knowledge news)
    {
        if (mask == whole)
        {
            Common = news;
            return;
        }
        Spread();
        for (uint rest = mask; rest != 0; rest &= rest - 1)
            each[int.TrailingZeroCount((int)rest)] = news;
    }

    private void Spread()
    {
        if (Common is not { } common)
            return;
        if (each.Length == 0)
            each = new Knowledge[Warp.Lanes];
        Array.Fill(each, common);
        Common = null;
    }
}
