namespace CogVideoX.Models.T5;

// A flat trie over UTF-8 bytes. Nodes are numbered breadth first, so that the children of a node, and then those of the
// next, follow each other: the children of node n are firstChild[n] to firstChild[n + 1].
internal sealed class PieceTrie
{
    public const int Root = 0, None = -1;

    private readonly byte[] labels;
    private readonly int[] firstChild;
    private readonly int[] ids;

    // Keys must be distinct and not empty.
    public PieceTrie(IEnumerable<KeyValuePair<byte[], int>> pieces)
    {
        KeyValuePair<byte[], int>[] sorted = [.. pieces];
        Array.Sort(sorted, (a, b) => a.Key.AsSpan().SequenceCompareTo(b.Key));

        Queue<(int Low, int High, int Depth)> open = new([(0, sorted.Length, 0)]);
        List<byte> labels = [0];
        List<int> firstChild = [], ids = [];
        while (open.TryDequeue(out (int Low, int High, int Depth) node))
        {
            (int low, int high, int depth) = node;
            bool endsHere = low < high && sorted[low].Key.Length == depth;
            ids.Add(endsHere ? sorted[low++].Value : None);
            firstChild.Add(labels.Count);
            while (low < high)
            {
                byte label = sorted[low].Key[depth];
                int next = low + 1;
                while (next < high && sorted[next].Key[depth] == label)
                    next++;
                open.Enqueue((low, next, depth + 1));
                labels.Add(label);
                low = next;
            }
        }

        firstChild.Add(labels.Count);
        this.labels = [.. labels];
        this.firstChild = [.. firstChild];
        this.ids = [.. ids];
    }

    // The node that label leads to, or None.
    public int Child(int node, byte label)
    {
        int first = firstChild[node];
        int index = labels.AsSpan(first, firstChild[node + 1] - first).IndexOf(label);
        return index < 0 ? None : first + index;
    }

    // The id of the key that ends at node, or None.
    public int IdAt(int node) => ids[node];

    // The length of the longest key that text starts with, 0 if there is none.
    public int LongestMatch(ReadOnlySpan<byte> text) => LongestMatch(text, out _);

    // The same, and its id.
    public int LongestMatch(ReadOnlySpan<byte> text, out int id)
    {
        int longest = 0;
        id = None;
        int node = Root;
        for (int i = 0; i < text.Length && (node = Child(node, text[i])) != None; i++)
        {
            if (IdAt(node) == None)
                continue;
            longest = i + 1;
            id = IdAt(node);
        }

        return longest;
    }
}
