using CogVideoX.Kernels.Ilgpu;
using ILGPU;
using ILGPU.Algorithms;

namespace CogVideoX.Kernels;

internal readonly partial struct Attention
{
    private const int Tile = 64; // queries, keys and columns of a tile
    private const int Quads = Tile / 4; // what memory of a tile's row is counted in
    private const int Threads = Quads * (Tile / AttentionTile.Rows);
    private const int Swizzle = 7; // by what keys' quads are permuted, so that eight neighbouring threads meet in no bank
    private const int ToldQuads = Quads + 1; // apart lie the columns' messages, for the same reason
    private const int ToAll = Quads * ToldQuads; // where messages to all begin

    /// <inheritdoc/>
    public void RunIlgpu(IlgpuQueue queue)
    {
        if (k.Format != q.Format || v.Format != q.Format || y.Format != q.Format)
            throw new NotSupportedException($"The portable attention takes one type, not {q.Format}, {k.Format}, {v.Format}.");
        if (y.IsNull || size.Queries == 0 || size.Batch == 0 || size.Heads == 0)
            return;
        StoredAs.Run(q, bias, new Launch(this, queue));
    }

    // A group has a tile of queries of one head, and walks over tiles of keys (Dao et al., arXiv 2205.14135). A thread has the scores of
    // eight queries with four keys, and four columns of those queries' results. A head wider than a tile goes through the first product in
    // chunks, and has as many groups, one for each slice of the results; they compute the same scores.
    private static void Kernel<T, TBias>(Arguments<T, TBias> a)
        where T : unmanaged, IStored<T>
        where TBias : unmanaged, IStored<TBias>
    {
        ArrayView<Float4> queries = SharedMemory.Allocate<Float4>(Tile * Quads); // [query, depth]
        ArrayView<Float4> keys = SharedMemory.Allocate<Float4>(Tile * Quads); // [key, depth], then weights, [query, key]
        ArrayView<Float4> values = SharedMemory.Allocate<Float4>(Tile * Quads); // messages, then values, [key, column]
        int column = Group.IdxX % Quads, row = Group.IdxX / Quads * AttentionTile.Rows;

        int tile = Grid.IdxX % a.Tiles, slice = Grid.IdxX / a.Tiles % a.Slices, headOfBatch = Grid.IdxX / a.Tiles / a.Slices;
        int head = headOfBatch % a.Heads, batch = headOfBatch / a.Heads, firstQuery = tile * Tile, firstColumn = slice * Tile;
        long asking = ((long)batch * a.Queries + firstQuery) * a.QueryStride + (long)head * a.Width;
        long asked = (long)batch * a.Keys * a.KeyStride + (long)head * a.Width;
        long biases = batch * a.BiasBatchStride + (long)head * a.Queries * a.Keys;

        if (a.Slices == 1)
            Load(a.Q, asking, a.QueryStride, a.Queries - firstQuery, a.Width, a.Factor, queries, 0);
        float largest = float.MinValue; // of query Group.IdxX; finite, so that a row of nothing but −∞ doesn't become ∞ − ∞
        AttentionRows sums = default;
        AttentionTile results = default;
        for (int firstKey = 0; firstKey < a.Keys; firstKey += Tile, asked += (long)a.KeyStride * Tile)
        {
            int keyCount = XMath.Min(a.Keys - firstKey, Tile);
            AttentionTile scores = default;
            for (int first = 0; first < a.Width; first += Tile)
            {
                int depth = XMath.Min(a.Width - first, Tile);
                if (first > 0)
                    Group.Barrier();
                if (a.Slices > 1)
                    Load(a.Q, asking + first, a.QueryStride, a.Queries - firstQuery, depth, a.Factor, queries, 0);
                Load(a.K, asked + first, a.KeyStride, keyCount, depth, 1, keys, Swizzle);
                Group.Barrier();
                for (int i = 0; i < depth; i += 4)
                {
                    Float4x4 b = Float4x4.Load(keys, column * 4 * Quads + (i / 4 ^ column & Swizzle), Quads);
                    scores = AttentionTile.AddProduct(scores, queries, row * Quads + i / 4, Quads, Float4x4.Transpose(b));
                }
            }
            if (a.Bias.Length > 0)
                scores = AddBias(scores, a, biases, firstQuery + row, firstKey + column * 4);
            if (keyCount < Tile)
                scores = AttentionTile.Mask(scores, keyCount - column * 4);

            AttentionRows.Store(AttentionTile.Largest(scores), values, column * ToldQuads + row / 4);
            Group.Barrier();
            largest = TellLargest(values, largest);
            Group.Barrier();
            AttentionTile weights = AttentionTile.Weights(scores, AttentionRows.Load(values, ToAll + row / 4));
            AttentionRows factors = AttentionRows.Load(values, ToAll + Quads + row / 4);
            AttentionTile.Store(weights, keys, row * Quads + column, Quads);
            sums = AttentionRows.MultiplyAdd(sums, factors, AttentionTile.Sums(weights));
            results = AttentionTile.Scale(results, factors);
            Group.Barrier();

            Load(a.V, asked + firstColumn, a.KeyStride, keyCount, XMath.Min(a.Width - firstColumn, Tile), 1, values, 0);
            Group.Barrier();
            for (int i = 0; i < keyCount; i += 4)
            {
                Float4x4 b = Float4x4.Load(values, i * Quads + column, Quads);
                results = AttentionTile.AddProduct(results, keys, row * Quads + i / 4, Quads, b);
            }
            Group.Barrier();
        }

        AttentionRows.Store(sums, values, column * ToldQuads + row / 4);
        Group.Barrier();
        TellFactor(values, a.Keys);
        Group.Barrier();
        results = AttentionTile.Scale(results, AttentionRows.Load(values, ToAll + row / 4));
        Store(results, a, batch, head, firstQuery + row, firstColumn + column * 4);
    }

    // A tile of numbers, zero beyond its rows and columns; quads of a row are permuted by the number of its four rows.
    private static void Load<T>(
        ArrayView<T> source, long first, int stride, int rows, int columns, float factor, ArrayView<Float4> target, int swizzle)
        where T : unmanaged, IStored<T>
    {
        ArrayView<float> floats = target.Cast<float>();
        int column = Group.IdxX % Tile, firstRow = Group.IdxX / Tile;
        long from = first + XMath.Min(column, columns - 1); // whatever is read, it is there to be read
        bool isInside = column < columns;
        const int Step = Threads / Tile;
        for (int row = firstRow; row < Tile; row += 4 * Step)
        {
            float a = At(source, from, stride, row, rows), b = At(source, from, stride, row + Step, rows);
            float c = At(source, from, stride, row + 2 * Step, rows), d = At(source, from, stride, row + 3 * Step, rows);
            floats[Place(row, column, swizzle)] = isInside && row < rows ? a * factor : 0;
            floats[Place(row + Step, column, swizzle)] = isInside && row + Step < rows ? b * factor : 0;
            floats[Place(row + 2 * Step, column, swizzle)] = isInside && row + 2 * Step < rows ? c * factor : 0;
            floats[Place(row + 3 * Step, column, swizzle)] = isInside && row + 3 * Step < rows ? d * factor : 0;
        }
    }

    private static float At<T>(ArrayView<T> source, long from, int stride, int row, int rows) where T : unmanaged, IStored<T> =>
        source[from + (long)XMath.Min(row, rows - 1) * stride].Value;

    private static int Place(int row, int column, int swizzle) => row * Tile + (column ^ (row / 4 & swizzle) * 4);

    // What a query's threads say of its scores becomes the largest so far, and the factor of what was summed with the one before.
    private static float TellLargest(ArrayView<Float4> messages, float before)
    {
        ArrayView<float> floats = messages.Cast<float>();
        int query = Group.IdxX;
        float largest = before;
        if (query < Tile)
        {
            for (int i = 0; i < Quads; i++)
                largest = XMath.Max(largest, floats[i * ToldQuads * 4 + query]);
            floats[ToAll * 4 + query] = largest;
            floats[ToAll * 4 + Tile + query] = XMath.Exp2(before - largest);
        }
        return largest;
    }

    private static void TellFactor(ArrayView<Float4> messages, int keys)
    {
        ArrayView<float> floats = messages.Cast<float>();
        int query = Group.IdxX;
        if (query < Tile)
        {
            float sum = 0;
            for (int i = 0; i < Quads; i++)
                sum += floats[i * ToldQuads * 4 + query];
            floats[ToAll * 4 + query] = keys == 0 ? 0 : 1 / sum;
        }
    }

    private static AttentionTile AddBias<T, TBias>(AttentionTile scores, Arguments<T, TBias> a, long biases, int query, int key)
        where T : unmanaged, IStored<T>
        where TBias : unmanaged, IStored<TBias> => new(
            AddBias(scores.Row0, a, biases, query, key),
            AddBias(scores.Row1, a, biases, query + 1, key),
            AddBias(scores.Row2, a, biases, query + 2, key),
            AddBias(scores.Row3, a, biases, query + 3, key),
            AddBias(scores.Row4, a, biases, query + 4, key),
            AddBias(scores.Row5, a, biases, query + 5, key),
            AddBias(scores.Row6, a, biases, query + 6, key),
            AddBias(scores.Row7, a, biases, query + 7, key));

    private static Float4 AddBias<T, TBias>(Float4 scores, Arguments<T, TBias> a, long biases, int query, int key)
        where T : unmanaged, IStored<T>
        where TBias : unmanaged, IStored<TBias>
    {
        long first = biases + (long)XMath.Min(query, a.Queries - 1) * a.Keys;
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
        long first = (((long)batch * a.Queries + query) * a.Heads + head) * a.Width;
        if (query >= a.Queries)
            return;
        if (column < a.Width)
            a.Y[first + column] = default(T).From(row.X);
        if (column + 1 < a.Width)
            a.Y[first + column + 1] = default(T).From(row.Y);
        if (column + 2 < a.Width)
            a.Y[first + column + 2] = default(T).From(row.Z);
        if (column + 3 < a.Width)
            a.Y[first + column + 3] = default(T).From(row.W);
    }

    /// <param name="Factor">The scale, in units of 1 / ln 2: exponentials are powers of two.</param>
    /// <param name="Tiles">Of queries.</param>
    /// <param name="Slices">Of a head's width.</param>
    internal readonly record struct Arguments<T, TBias>(
        ArrayView<T> Q, ArrayView<T> K, ArrayView<T> V, ArrayView<TBias> Bias, ArrayView<T> Y, long BiasBatchStride, float Factor,
        int QueryStride, int KeyStride, int Queries, int Keys, int Heads, int Width, int Tiles, int Slices)
        where T : unmanaged
        where TBias : unmanaged;

    private readonly struct Launch(Attention attention, IlgpuQueue queue) : IStoredAsTwo
    {
        public void Run<T, TBias>()
            where T : unmanaged, IStored<T>
            where TBias : unmanaged, IStored<TBias>
        {
            AttentionSize size = attention.size;
            int token = size.Heads * size.Width, tiles = LinearGrid.Parts(size.Queries, Tile), slices = LinearGrid.Parts(size.Width, Tile);
            long results = (long)size.Batch * size.Queries * token, biases = (long)size.Heads * size.Queries * size.Keys;
            ArrayView<T> k = Tokens<T>(attention.k, size.Keys, size.KeyStride), v = Tokens<T>(attention.v, size.Keys, size.KeyStride);
            var arguments = new Arguments<T, TBias>(
                Tokens<T>(attention.q, size.Queries, size.QueryStride), k, v,
                queue.View<TBias>(attention.bias, (size.Batch - 1) * attention.biasBatchStride + biases),
                queue.View<T>(attention.y, results), attention.biasBatchStride, (float)(attention.scale * 1.4426950408889634),
                checked((int)size.QueryStride), checked((int)size.KeyStride), size.Queries, size.Keys, size.Heads, size.Width,
                tiles, slices);
            int groups = checked((int)((long)tiles * slices * size.Heads * size.Batch));
            queue.Launch(Kernel, new KernelConfig(groups, Threads), arguments);
        }

        // To the end of the last token's heads: what lies beside them may be others', or nobody's.
        private ArrayView<T> Tokens<T>(Elements operand, int each, long stride) where T : unmanaged
        {
            long tokens = (long)attention.size.Batch * each;
            long count = (tokens - 1) * stride + attention.size.Heads * attention.size.Width;
            return tokens == 0 ? ArrayView<T>.Empty : queue.View<T>(operand, count);
        }
    }
}
