using CogVideoX.Kernels.Ilgpu;
using ILGPU;
using ILGPU.Algorithms;

namespace CogVideoX.Kernels;

internal readonly partial struct Attention
{
    private const int Tile = AttentionTile.Size, Quads = AttentionTile.Quads;
    private const int KeySwizzle = 7, QuerySwizzle = 2; // by what quads are permuted, so that threads that read at once meet in no bank
    private const int Told = Quads + 1; // how far apart the messages of a tile's columns lie, for the same reason
    private const int ToAll = Quads * Told; // where messages to all begin
    private const float Ln2 = 0.693147181f;

    /// <inheritdoc/>
    public void RunIlgpu(IlgpuQueue queue)
    {
        if (k.Format != q.Format || v.Format != q.Format || y.Format != q.Format)
            throw new NotSupportedException($"The portable attention computes with one type, not {q.Format}, {k.Format}, {v.Format}.");
        if (size.Batch > 0 && size.Heads > 0 && size.Queries > 0)
            StoredAs.Run(q, bias, new Launch(this, queue));
    }

    // A group has a tile of queries of one head, and walks over tiles of keys (Dao et al., arXiv 2205.14135). A thread has the scores of
    // eight queries with four keys, and four columns of those queries' results. A head wider than a tile goes through the first product in
    // chunks, and has as many groups, one for each slice of the results; they compute the same scores.
    private static void AttentionTiles<T, TBias>(Arguments<T, TBias> a)
        where T : unmanaged, IStored<T>
        where TBias : unmanaged, IStored<TBias>
    {
        ArrayView<Float4> queries = SharedMemory.Allocate<Float4>(Tile * Quads); // [query, depth]
        ArrayView<Float4> keys = SharedMemory.Allocate<Float4>(Tile * Quads); // [key, depth], then weights, [query, key]
        ArrayView<Float4> values = SharedMemory.Allocate<Float4>(Tile * Quads); // messages, then values, [key, column]
        int column = AttentionTile.Column, row = AttentionTile.Row;

        int tile = Grid.IdxX % a.Tiles, slice = Grid.IdxX / a.Tiles % a.Slices, headOfBatch = Grid.IdxX / a.Tiles / a.Slices;
        int head = headOfBatch % a.Heads, batch = headOfBatch / a.Heads, firstQuery = tile * Tile, firstColumn = slice * Tile;
        int queryCount = a.Queries - firstQuery;
        long asking = a.Q.First((long)batch * a.Queries + firstQuery) + (long)head * a.Width;
        if (a.Slices == 1)
            LoadQueries(a.Q, asking, 0, queryCount, a.Factor, queries);

        float largest = float.MinValue; // of query Group.IdxX; finite, so that a row of nothing but −∞ doesn't become ∞ − ∞
        AttentionRows sums = default;
        AttentionTile results = default;
        for (int firstKey = 0; firstKey < a.Keys; firstKey += Tile)
        {
            int keyCount = XMath.Min(a.Keys - firstKey, Tile);
            long asked = a.K.First((long)batch * a.Keys + firstKey) + (long)head * a.Width;
            AttentionTile scores = default;
            for (int first = 0; first < a.Width; first += Tile)
            {
                if (first > 0)
                    Group.Barrier();
                if (a.Slices > 1)
                    LoadQueries(a.Q, asking, first, queryCount, a.Factor, queries);
                a.K.Load(asked, first, keyCount, keys, KeySwizzle);
                Group.Barrier();
                int depth = XMath.Min(a.Width - first + 3 >> 2, Quads);
                for (int i = 0; i < depth; i++)
                {
                    Float4x4 ofKeys = Float4x4.Load(keys.SubView(AttentionTile.Place(column * 4, i, KeySwizzle)), Quads);
                    ArrayView<Float4> ofQueries = queries.SubView(AttentionTile.Place(row, i, QuerySwizzle));
                    scores = AttentionTile.AddProduct(scores, ofQueries, Float4x4.Transpose(ofKeys));
                }
            }
            if (a.Bias.Length > 0)
                scores = AddBias(scores, a, batch, head, firstQuery + row, firstKey + column * 4);
            if (keyCount < Tile)
                scores = AttentionTile.Mask(scores, keyCount - column * 4);

            AttentionRows.Store(AttentionTile.Largest(scores), values, column * Told + row / 4);
            Group.Barrier();
            largest = TellLargest(values, largest);
            Group.Barrier();
            AttentionTile weights = AttentionTile.Weights(scores, AttentionRows.Load(values, ToAll + row / 4));
            AttentionRows factors = AttentionRows.Load(values, ToAll + Quads + row / 4);
            AttentionTile.Store(weights, keys.SubView(AttentionTile.Place(row, column, QuerySwizzle)));
            sums = AttentionRows.MultiplyAdd(sums, factors, AttentionTile.Sums(weights));
            results = AttentionTile.Scale(results, factors);
            Group.Barrier();

            a.V.Load(asked, firstColumn, keyCount, values, 0);
            Group.Barrier();
            for (int i = 0; i < keyCount + 3 >> 2; i++)
            {
                Float4x4 ofKeys = Float4x4.Load(values.SubView(i * 4 * Quads + column), Quads);
                results = AttentionTile.AddProduct(results, keys.SubView(AttentionTile.Place(row, i, QuerySwizzle)), ofKeys);
            }
            Group.Barrier();
        }

        AttentionRows.Store(sums, values, column * Told + row / 4);
        Group.Barrier();
        float sum = TellFactor(values, a.Keys);
        if (a.LogSumExp.Length > 0 && slice == 0 && Group.IdxX < XMath.Min(queryCount, Tile))
        {
            long first = ((long)batch * a.Heads + head) * a.Queries + firstQuery;
            a.LogSumExp[first + Group.IdxX] = (largest + XMath.Log2(sum)) * Ln2;
        }
        Group.Barrier();
        results = AttentionTile.Scale(results, AttentionRows.Load(values, ToAll + row / 4));
        Store(results, a, batch, head, firstQuery + row, firstColumn + column * 4);
    }

    // The scale goes to the queries, where there is least to multiply: each thread's to what it has put there itself.
    private static void LoadQueries<T>(AttentionTokens<T> q, long asking, int column, int count, float factor, ArrayView<Float4> queries)
        where T : unmanaged, IStored<T>
    {
        q.Load(asking, column, count, queries, QuerySwizzle);
        for (int row = Group.IdxX / Quads; row < Tile; row += AttentionTile.RowsAtOnce)
        {
            int place = AttentionTile.Place(row, Group.IdxX % Quads, QuerySwizzle);
            queries[place] = AttentionTile.Scale(queries[place], factor);
        }
    }

    // What a query's threads say of its scores becomes the largest so far, and the factor of what was summed with the one before.
    private static float TellLargest(ArrayView<Float4> messages, float before)
    {
        ArrayView<float> told = messages.Cast<float>();
        int query = Group.IdxX;
        float largest = before;
        if (query < Tile)
        {
            for (int i = 0; i < Quads; i++)
                largest = XMath.Max(largest, told[i * Told * 4 + query]);
            told[ToAll * 4 + query] = largest;
            told[ToAll * 4 + Tile + query] = XMath.Exp2(before - largest);
        }
        return largest;
    }

    // The weights' sum becomes the factor of the results; without keys there is nothing to sum, and the results are zeros.
    private static float TellFactor(ArrayView<Float4> messages, int keys)
    {
        ArrayView<float> told = messages.Cast<float>();
        int query = Group.IdxX;
        float sum = 0;
        if (query < Tile)
        {
            for (int i = 0; i < Quads; i++)
                sum += told[i * Told * 4 + query];
            told[ToAll * 4 + query] = keys == 0 ? 0 : 1 / sum;
        }
        return sum;
    }

    private static AttentionTile AddBias<T, TBias>(AttentionTile scores, Arguments<T, TBias> a, int batch, int head, int query, int key)
        where T : unmanaged, IStored<T>
        where TBias : unmanaged, IStored<TBias>
    {
        long first = batch * a.BiasBatchStride + (long)head * a.Queries * a.Keys;
        return new AttentionTile(
            AddBias(scores.Row0, a, first, query, key),
            AddBias(scores.Row1, a, first, query + 1, key),
            AddBias(scores.Row2, a, first, query + 2, key),
            AddBias(scores.Row3, a, first, query + 3, key),
            AddBias(scores.Row4, a, first, query + 4, key),
            AddBias(scores.Row5, a, first, query + 5, key),
            AddBias(scores.Row6, a, first, query + 6, key),
            AddBias(scores.Row7, a, first, query + 7, key));
    }

    private static Float4 AddBias<T, TBias>(Float4 scores, Arguments<T, TBias> a, long first, int query, int key)
        where T : unmanaged, IStored<T>
        where TBias : unmanaged, IStored<TBias>
    {
        first += (long)XMath.Min(query, a.Queries - 1) * a.Keys;
        int last = a.Keys - 1;
        return new Float4(
            AddBias(scores.X, a.Bias[first + XMath.Min(key, last)].Value),
            AddBias(scores.Y, a.Bias[first + XMath.Min(key + 1, last)].Value),
            AddBias(scores.Z, a.Bias[first + XMath.Min(key + 2, last)].Value),
            AddBias(scores.W, a.Bias[first + XMath.Min(key + 3, last)].Value));
    }

    // Masks are often the least finite number: clamped, a row of nothing else is an average, as it is in PyTorch.
    private static float AddBias(float score, float bias)
    {
        const float Log2E = 1.44269504f;
        float sum = bias * Log2E + score;
        return sum < float.MinValue ? float.MinValue : sum;
    }

    private static void Store<T, TBias>(AttentionTile results, Arguments<T, TBias> a, int batch, int head, int query, int column)
        where T : unmanaged, IStored<T>
        where TBias : unmanaged, IStored<TBias>
    {
        Store(results.Row0, a, batch, head, query, column);
        Store(results.Row1, a, batch, head, query + 1, column);
        Store(results.Row2, a, batch, head, query + 2, column);
        Store(results.Row3, a, batch, head, query + 3, column);
        Store(results.Row4, a, batch, head, query + 4, column);
        Store(results.Row5, a, batch, head, query + 5, column);
        Store(results.Row6, a, batch, head, query + 6, column);
        Store(results.Row7, a, batch, head, query + 7, column);
    }

    private static void Store<T, TBias>(Float4 row, Arguments<T, TBias> a, int batch, int head, int query, int column)
        where T : unmanaged, IStored<T>
        where TBias : unmanaged, IStored<TBias>
    {
        if (query < a.Queries)
            a.Y.Store(a.Y.First((long)batch * a.Queries + query) + (long)head * a.Width, column, row);
    }

    /// <param name="Factor">The scale, in units of 1 / ln 2: exponentials are powers of two.</param>
    /// <param name="Tiles">Of queries.</param>
    /// <param name="Slices">Of a head's width.</param>
    internal readonly record struct Arguments<T, TBias>(
        AttentionTokens<T> Q, AttentionTokens<T> K, AttentionTokens<T> V, AttentionTokens<T> Y, ArrayView<TBias> Bias, long BiasBatchStride,
        float Factor, int Queries, int Keys, int Heads, int Width, int Tiles, int Slices, ArrayView<float> LogSumExp)
        where T : unmanaged, IStored<T>
        where TBias : unmanaged, IStored<TBias>;

    private readonly struct Launch(Attention attention, IlgpuQueue queue) : IStoredAsTwo
    {
        public void Run<T, TBias>()
            where T : unmanaged, IStored<T>
            where TBias : unmanaged, IStored<TBias>
        {
            AttentionSize size = attention.size;
            int tiles = LinearGrid.Parts(size.Queries, Tile), slices = LinearGrid.Parts(size.Width, Tile);
            long biases = (size.Batch - 1) * attention.biasBatchStride + (long)size.Heads * size.Queries * size.Keys;
            var arguments = new Arguments<T, TBias>(
                Tokens<T>(attention.q, size.Queries, size.QueryStride), Tokens<T>(attention.k, size.Keys, size.KeyStride),
                Tokens<T>(attention.v, size.Keys, size.KeyStride), Tokens<T>(attention.y, size.Queries, (long)size.Heads * size.Width),
                queue.View<TBias>(attention.bias, biases), attention.biasBatchStride, (float)(attention.scale * 1.4426950408889634),
                size.Queries, size.Keys, size.Heads, size.Width, tiles, slices,
                queue.View<float>(attention.logSumExp, (long)size.Batch * size.Heads * size.Queries));
            int groups = checked((int)((long)tiles * slices * size.Heads * size.Batch));
            queue.Launch(AttentionTiles, new KernelConfig(groups, AttentionTile.Threads), arguments);
        }

        private AttentionTokens<T> Tokens<T>(Elements operand, int count, long stride) where T : unmanaged, IStored<T> =>
            new(queue, operand, (long)attention.size.Batch * count, stride, attention.size.Heads, attention.size.Width);
    }
}
