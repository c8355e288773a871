namespace CogVideoX.Emulator.Async;

/// <summary>Asynchronous work that has been issued and not yet taken effect.</summary>
internal sealed class PendingOperations
{
    private readonly List<AsyncOperation> list = [];

    public bool Any => list.Count > 0;

    public void Add(AsyncOperation operation) => list.Add(operation);

    /// <summary>Finishes one, any of them: no order between them is promised.</summary>
    public void FinishOne(Random random)
    {
        int at = random.Next(list.Count);
        AsyncOperation operation = list[at];
        list.RemoveAt(at);
        operation.Finish();
    }

    /// <summary>Finishes those that a wait asks for, in the order of their issue.</summary>
    public void FinishWhere(Func<AsyncOperation, bool> wanted)
    {
        AsyncOperation[] chosen = [.. list.Where(wanted)];
        if (chosen.Length == 0)
            return;
        list.RemoveAll(o => wanted(o));
        foreach (AsyncOperation operation in chosen)
            operation.Finish();
    }
}
