import { Injectable, NotFoundException } from '@nestjs/common';

export interface Book {
  readonly id: number;
  readonly title: string;
  readonly author: string;
  /** In cents, so that sums stay exact. */
  readonly price: number;
}

export interface Review {
  readonly customer: string;
  readonly text: string;
}

const SHELF: readonly Book[] = [
  { id: 1, title: 'The Same-Origin Garden', author: 'Marta Oduya', price: 1490 },
  { id: 2, title: 'Letters Before Flight', author: 'Jonas Achterberg', price: 1290 },
  { id: 3, title: 'A Stranger at the Counter', author: 'Ilse Maron', price: 990 },
  { id: 4, title: 'Vary: A Novel', author: 'Teodor Lindqvist', price: 1890 },
];

/** Keeps the demo's memory bounded, however often somebody presses the button. */
const REVIEWS_KEPT = 20;

/** The shelf, in memory: it starts over with the process. */
@Injectable()
export class BooksService {
  private readonly books = new Map(SHELF.map((book) => [book.id, book]));
  private readonly reviews = new Map<number, Review[]>();

  list(limit = this.books.size): Book[] {
    return [...this.books.values()].slice(0, limit);
  }

  latest(): Book {
    const latest = this.list().at(-1);
    if (!latest) throw new NotFoundException('The shelf is empty.');
    return latest;
  }

  find(id: number): Book {
    const book = this.books.get(id);
    if (!book) throw new NotFoundException(`There is no book ${id}.`);
    return book;
  }

  remove(id: number): void {
    this.find(id);
    this.books.delete(id);
  }

  reviewsOf(id: number): readonly Review[] {
    this.find(id);
    return this.reviews.get(id) ?? [];
  }

  addReview(id: number, review: Review): Review {
    this.reviews.set(id, [...this.reviewsOf(id), review].slice(-REVIEWS_KEPT));
    return review;
  }
}
